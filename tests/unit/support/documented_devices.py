"""Devices that no recording is at hand of."""

#: Documented families, by sysDescr and sysObjectID as their vendors show them; the definition, model and version.
DOCUMENTED: list[tuple[str, str, tuple[str, str | None, str | None]]] = [
    (
        "Cisco IOS Software [Amsterdam], Catalyst L3 Switch Software (CAT9K_IOSXE), Version 17.3.4, RELEASE SOFTWARE",
        "1.3.6.1.4.1.9.1.2494",
        ("cisco_ios_xe", None, "17.3.4"),
    ),
    (
        "Cisco IOS Software, IOS-XE Software, Catalyst L3 Switch Software (CAT3K_CAA-UNIVERSALK9-M), Version 03.06.05E",
        "1.3.6.1.4.1.9.1.1745",
        ("cisco_ios_xe", None, "03.06.05E"),
    ),
    (
        "Cisco IOS XR Software (Cisco ASR9K Series), Version 6.1.4[Default]",
        "1.3.6.1.4.1.9.1.1639",
        ("cisco_ios_xr", None, "6.1.4"),
    ),
    ("Cisco Adaptive Security Appliance Version 9.8(2)", "1.3.6.1.4.1.9.1.2123", ("cisco_asa", None, "9.8(2)")),
    (
        "SG300-28 28-Port Gigabit Managed Switch",
        "1.3.6.1.4.1.9.6.1.83.28.1",
        ("cisco_small_business", "SG300-28", None),
    ),
    (
        "HPE Comware Platform Software, Software Version 7.1.070, Release 3507P02 HPE 5130",
        "1.3.6.1.4.1.25506.11.1.187",
        ("hpe_comware", None, "7.1.070, Release 3507P02"),
    ),
    (
        "HP J9773A 2530-24G-PoEP Switch, revision YA.15.10, ROM YA.15.08",
        "1.3.6.1.4.1.11.2.3.7.11.139",
        ("hpe_procurve", "J9773A 2530-24G-PoEP Switch", "YA.15.10"),
    ),
    ("Aruba JL635A  GL.10.04.0001", "1.3.6.1.4.1.47196.4.1.1.1.50", ("aruba_cx", "JL635A", "GL.10.04.0001")),
    (
        "DrayTek Corporation, Router Model: Vigor2925 Series, Version: 3.8.2_STD, Build Date/Time:Oct 20 2015 15:39:17",
        "1.3.6.1.4.1.7367",
        ("draytek_vigor", "Vigor2925", "3.8.2_STD"),
    ),
    ("GS2210-24", "1.3.6.1.4.1.890.1.15", ("zyxel", "GS2210-24", None)),
    (
        "ExtremeXOS (X440G2-24t-10G4) version 22.5.1.7 22.5.1.7-patch1-5 by release-manager on Thu Jul 26 2018",
        "1.3.6.1.4.1.1916.2.237",
        ("extreme_exos", "X440G2-24t-10G4", "22.5.1.7"),
    ),
    (
        "Dell EMC Networking OS10 Enterprise. System Description: OS10. OS Version: 10.4.1.0 System Type: S4048-ON",
        "1.3.6.1.4.1.674.11000.5000.100.2.1.3",
        ("dell_os10", "S4048-ON", "10.4.1.0"),
    ),
    (
        "Hardware: Intel64 Family 6 Model 85 - Software: Windows Version 6.3 (Build 17763 Multiprocessor Free)",
        "1.3.6.1.4.1.311.1.1.3.1.3",
        ("windows_server", None, "6.3.17763"),
    ),
    (
        "Ruckus Wireless, Inc. ICX7150-48P, IronWare Version 08.0.90aT211 Compiled on Mar 28 2019",
        "1.3.6.1.4.1.1991.1.3.65.1.2.1.1",
        ("brocade_icx", "ICX7150-48P", "08.0.90a"),
    ),
    (
        "Linux web 5.10.0-8-amd64 #1 SMP Debian 5.10.46-4 x86_64",
        "1.3.6.1.4.1.8072.3.2.10",
        ("linux", None, "5.10.0-8-amd64"),
    ),
]
