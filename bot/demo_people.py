"""Who lives in the demo. Plainly made up: every surname is a word for “example”."""

from dataclasses import dataclass

from storage.words import Role


@dataclass(frozen=True)
class Person:
    """Somebody of the demo. `arrives`: days and hours after the Monday of week 1, local time."""

    name: str
    role: Role
    arrives: tuple[int, int]
    zone: str | None = None
    subjects: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("English",)
    goals: str = ""
    capacity: int = 0
    quiet: tuple[str, str] | None = None
    ticks: int = 0  # how many orientation steps they have ticked
    comes: tuple[int, ...] = ()  # the weeks whose webinar they said yes to
    met: tuple[int, ...] = ()  # the weeks in which they met their coach

    @property
    def account(self) -> str:
        """What the local chat calls them: "ella"."""
        return self.name.split()[0].lower()

    @property
    def email(self) -> str:
        return f"{self.account}@example.org"


ORGANIZER = Person("Ada Example", Role.ORGANIZER, (-17, 9))
PEOPLE = (
    Person(
        "Ben Sample",
        Role.COACH,
        (-17, 11),
        subjects=("Mathematics", "Computer science", "English"),
        grades=("7-12",),
        goals="Stories from practice, and feedback that students use",
        capacity=4,
    ),
    Person(
        "Cora Specimen",
        Role.COACH,
        (-17, 13),
        subjects=("Social studies", "Art"),
        grades=("6-9",),
        goals="Discussion, and calm first weeks",
        capacity=4,
        quiet=("20:00", "07:30"),
    ),
    Person(
        "Dev Prototype",
        Role.COACH,
        (-17, 15),
        "America/Chicago",
        subjects=("Biology", "Spanish", "Physics"),
        grades=("9-12",),
        languages=("English", "Spanish"),
        goals="Reaching families, labs at home",
        capacity=3,
    ),
    Person(
        "Ella Template",
        Role.TEACHER,
        (-16, 10),
        subjects=("Mathematics",),
        grades=("9", "10"),
        goals="Feedback on wrong answers",
        ticks=10,
        comes=(1, 2, 3),
        met=(1, 2),
    ),
    Person(
        "Finn Pattern",
        Role.TEACHER,
        (-16, 11),
        subjects=("English",),
        grades=("7", "8"),
        goals="Writing to students in my own voice, stories",
        ticks=10,
        comes=(1, 2),
        met=(1, 2),
    ),
    Person(
        "Gia Mockup",
        Role.TEACHER,
        (-16, 11),
        "America/Denver",
        subjects=("Biology",),
        grades=("10",),
        goals="Curiosity, and labs that work at home",
        ticks=9,
        comes=(1, 2, 3),
        met=(1, 2),
    ),
    Person(
        "Hugo Draft",
        Role.TEACHER,
        (-16, 12),
        subjects=("Social studies",),
        grades=("8", "9"),
        goals="Discussion without raised hands",
        ticks=10,
        comes=(2,),
        met=(1, 2),
    ),
    Person(
        "Ivy Instance",
        Role.TEACHER,
        (-16, 14),
        "America/Los_Angeles",
        subjects=("Art",),
        grades=("6", "7", "8"),
        goals="Showing work in progress",
        ticks=7,
        comes=(1,),
        met=(1,),
    ),
    Person(
        "Jun Placeholder",
        Role.TEACHER,
        (-16, 15),
        "America/Chicago",
        subjects=("Spanish",),
        grades=("9", "10", "11"),
        languages=("English", "Spanish"),
        goals="Reaching families",
        quiet=("19:00", "07:00"),
        ticks=10,
        comes=(2, 3),
        met=(1, 2),
    ),
    Person(
        "Kit Trial",
        Role.TEACHER,
        (-16, 16),
        subjects=("Computer science",),
        grades=("9-12",),
        goals="Contact beyond the dashboard",
        ticks=8,
        comes=(1, 3),
        met=(2,),
    ),
    Person("Nell Showcase", Role.PARTNER, (-8, 10), subjects=("Biology",), grades=("9",)),
    Person(
        "Lena Beta",
        Role.TEACHER,
        (14, 13),
        subjects=("English",),
        grades=("9", "10"),
        goals="Catching up without hurrying",
    ),
    Person(
        "Milo Rehearsal",
        Role.TEACHER,
        (14, 14),
        "America/Chicago",
        subjects=("Physics",),
        grades=("11", "12"),
        goals="Labs at home with kitchen things",
    ),
)
WAITING = Person(
    "Otto Preview",
    Role.TEACHER,
    (15, 9),
    subjects=("Health",),
    grades=("7", "8"),
    goals="To see first what this is about",
)
PAUSED = ("Ivy Instance", (13, 15), 7)  # who, since when, for how many days
