"""The command line's tree; each module below holds the commands of one word."""

from importlib.metadata import version
from typing import Annotated

import typer

from baophu.commands import (
    capacity,
    collect,
    config,
    coverage,
    definitions,
    demo,
    discover,
    figure,
    imports,
    indicators,
    listen,
    plan,
    probe,
    profile,
    provision,
    serve,
    tasks,
    topology,
    units,
)
from lab import commands as lab_commands
from ledger.language import N_, Language


def build_app() -> typer.Typer:
    """Build `baophu` with every command; help texts are English and translated by the caller."""
    app = typer.Typer(
        help=N_("Plan, provision and prove the coverage of a province's specialised data network (TSLCD)."),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback()(_global_options)
    app.add_typer(plan.build_app(), name="plan")
    app.command("coverage", help=coverage.COVERAGE_HELP)(coverage.show_coverage)
    app.command("gaps", help=coverage.GAPS_HELP)(coverage.show_gaps)
    app.add_typer(figure.build_app(), name="figure")
    app.command("indicators", help=indicators.HELP)(indicators.show_indicators)
    app.command("tasks", help=tasks.HELP)(tasks.show_tasks)
    app.command("topology", help=topology.HELP)(topology.show_topology)
    app.add_typer(units.build_app(), name="units")
    app.command("import", help=imports.IMPORT_HELP)(imports.take_in)
    app.add_typer(imports.build_app(), name="imports")
    app.add_typer(profile.build_app(), name="profile")
    app.command("capacity", help=capacity.HELP)(capacity.show_capacity)
    app.command("provision", help=provision.HELP)(provision.provision)
    app.command("collect", help=collect.HELP)(collect.collect)
    app.command("listen", help=listen.HELP)(listen.listen)
    app.add_typer(config.build_app(), name="config")
    app.add_typer(definitions.build_app(), name="definitions")
    app.command("probe", help=probe.HELP)(probe.probe)
    app.command("discover", help=discover.HELP)(discover.discover)
    app.command("serve", help=serve.HELP)(serve.serve)
    app.command("demo", help=demo.HELP)(demo.demo)
    app.add_typer(lab_commands.app, name="lab")
    return app


def _show_version(asked: bool) -> None:
    if asked:
        print(f"baophu {version('baophu')}")  # noqa: T201 - the answer
        raise typer.Exit


def _global_options(
    *,
    lang: Annotated[Language | None, typer.Option(help=N_("Language of tables, help and messages."))] = None,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help=N_("Show the version and end."))
    ] = False,
) -> None:
    """`--lang` was read by `main` before the tree was built; here it is checked and documented."""
    del lang, show_version
