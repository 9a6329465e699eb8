// Times, names and numbers as people write them.

let zone = "UTC";
const formats = new Map();

export function setZone(name) {
  if (name !== zone) formats.clear();
  zone = name;
}

function format(name, options) {
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }));
  return formats.get(name);
}

export const timeOf = (iso) =>
  format("time", { hour: "numeric", minute: "2-digit" }).format(new Date(iso));

export const dayOf = (iso) =>
  format("day", { weekday: "long", month: "long", day: "numeric" }).format(new Date(iso));

export const shortOf = (iso) =>
  format("short", { weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit" }).format(new Date(iso));

export const momentOf = (date) =>
  format("moment", { weekday: "short", month: "short", day: "numeric", year: "numeric" }).format(date);

export const clockOf = (date) =>
  format("clock", { hour: "numeric", minute: "2-digit", timeZoneName: "short" }).format(date);

export const count = (number, one, many) => `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;

export const initials = (name) => {
  const parts = name.trim().split(/\s+/);
  const letters = parts.length > 1 ? [parts[0], parts.at(-1)] : [parts[0]];
  return letters.map((part) => [...part][0] || "").join("").toUpperCase();
};

// One of a few calm colors, always the same for the same person.
export const tone = (text) => {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 997;
  return sum % 6;
};

export const NOTES = {
  announcements: "What everyone should know.",
  reflections: "This week’s prompt, and what people wrote about it.",
  webinars: "The week’s live session: what, when, and who comes.",
  coaching: "For questions about coaching that concern us all.",
  general: "For everything else. Say hello.",
  direct: "Just you and Staffroom. Nobody else can read this.",
  group: "Private: only the people of this conversation, and Staffroom.",
};

export const ROLES = {
  organizer: "Organizer",
  coach: "Coach",
  teacher: "Teacher",
  partner: "Partner teacher",
  guest: "Guest",
  bot: "Bot",
};
export const roleOf = (role) => ROLES[role] || "Newcomer";
