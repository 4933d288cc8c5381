// The planners' page without a line of its own logic: charts, and a word when the server doesn't answer.
"use strict";

(() => {
  const language = document.documentElement.lang;
  const HEIGHT = 116;
  const zone = "Asia/Ho_Chi_Minh";
  const number = new Intl.NumberFormat(language);
  const percent = { format: (ratio) => number.format(ratio * 100) + (language === "vi" ? "\u00a0%" : "%") };
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "2-digit", month: "2-digit" });

  function chart(place) {
    const trend = JSON.parse(place.dataset.trend);
    const when = place.dataset.span === "month" ? day : clock;
    const values = trend.count ? number : percent;
    const highest = trend.count ? Math.max(1, ...trend.y.filter((value) => value !== null)) : 1;
    const series = [
      {},
      { stroke: colour("--accent"), width: 2, fill: colour("--accent-wash"), points: { size: 5, fill: colour("--accent") } },
    ];
    const data = [trend.x, trend.y];
    if (trend.target !== null) {
      series.push({ stroke: colour("--goal"), width: 1.5, dash: [5, 4], points: { show: false } });
      data.push(trend.x.map(() => trend.target));
    }
    const axis = { font: `12px ${colour("--font")}`, stroke: colour("--quiet"), ticks: { show: false }, grid: { stroke: colour("--line"), width: 1 } };
    const options = {
      width: place.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 10, 0, 0],
      scales: { x: { time: true }, y: { range: [0, highest * 1.04] } },
      axes: [
        { ...axis, grid: { show: false }, space: 64, size: 30, gap: 8, values: (_, ticks) => ticks.map((tick) => when.format(tick * 1000)) },
        { ...axis, size: 54, space: 22, gap: 6, incrs: trend.count ? [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] : [0.5, 1],
          values: (_, ticks) => ticks.map((tick) => values.format(tick)) },
      ],
      series,
    };
    const plot = new uPlot(options, data, place);
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  }

  function drawCharts(root) {
    for (const place of root.querySelectorAll("[data-trend]:empty")) chart(place);
  }

  const trouble = document.getElementById("trouble");
  function say(isTrouble) {
    trouble.textContent = isTrouble ? trouble.dataset.message : "";
    trouble.hidden = !isTrouble;
  }
  document.addEventListener("htmx:afterSettle", (event) => drawCharts(event.target.isConnected ? event.target : document));
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(name, () => say(true));
  document.addEventListener("htmx:afterOnLoad", () => say(false));
  drawCharts(document);
})();
