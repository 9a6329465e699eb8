// The page's few icons, drawn with one pen.

const DRAWN = {
  menu: "M4 7h16M4 12h16M4 17h10",
  moon: "M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  reply: "M9 8L4 12.5 9 17M4.5 12.5H14a6 6 0 0 1 6 6",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4.5 12h14M12.5 5.5L19 12l-6.5 6.5",
  down: "M6 9.5l6 6 6-6",
  channel: "M9.5 4L8 20M16 4l-1.5 16M4.5 9h16M3.5 15h16",
  people: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5a6.5 6.5 0 0 1 13 0M16 5a3.3 3.3 0 0 1 0 6.3M18.5 14a6.3 6.3 0 0 1 3 5.5",
  plus: "M12 5.5v13M5.5 12h13",
  pencil: "M4 20l1-4.5L16.5 4 20 7.5 8.5 19z",
};
const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", DRAWN[name]);
  svg.append(path);
  return svg;
}
