"""What the demo's people write. All of it is made up; nobody in it exists."""

from dataclasses import dataclass
from textwrap import dedent

from storage.words import Audience


def _unwrapped(text: str) -> str:
    """Paragraphs as single lines, because chat clients show line breaks as they are."""
    paragraphs = dedent(text).strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


@dataclass(frozen=True)
class Essay:
    """A reflection to be. `at`: days after the Monday of its week, hour and minute, local time."""

    author: str
    week: int
    at: tuple[int, int, int]
    title: str
    body: str
    audience: Audience = Audience.COMMUNITY


@dataclass(frozen=True)
class Line:
    """Something said in chat. `at`: days after the Monday of week 1, hour and minute, local time.

    `under`: the title of the essay whose thread it belongs to; else it is said in #general.
    """

    author: str
    at: tuple[int, int, int]
    text: str
    under: str = ""


ESSAYS = (
    Essay(
        "Ella Template",
        1,
        (3, 19, 42),
        "The door with no handle",
        _unwrapped("""
        I opened my course on my niece's old phone, on purpose, in the car. The first thing a
        student meets is a banner with my name on it and a photo from a wedding. The second is
        eleven links. The third is a sentence that starts with "Students will be expected to." I
        wrote that sentence, and I would not have come in either.

        What would someone know of me after five minutes? That I own one good jacket, and that I
        like lists. They would not know that I am the person who laughs when a proof falls over,
        which is the only reason anybody ever liked algebra in my room.

        So on Tuesday I recorded ninety seconds at the kitchen table: one problem, done wrong by me,
        and the moment when I notice. I asked everyone to tell me a mistake they are proud of.
        Nineteen of twenty-six answered, which is more than have opened the syllabus. One wrote
        only "the whole of seventh grade," and I have been thinking about how to answer that well.

        Next I want to cut the eleven links to three and put a human reason next to each. I am a
        little ashamed of how much of that page was written for my principal. If you have a
        front page you are happy with, may I come and look at it as a student?
        """),
    ),
    Essay(
        "Finn Pattern",
        1,
        (4, 16, 18),
        "Form letter, signed by me",
        _unwrapped("""
        I did the exercise in the prompt and read my welcome note aloud. By the second line I was
        doing a voice: the voice of the recording that tells you your call is important.

        Here is the odd part. In the comments I sound like myself. A student asked whether she was
        allowed to hate the book, and I wrote back four happy sentences about hating books well.
        That answer took me one minute. The welcome note took an evening, and there is nobody in it.

        I think I write to *classes* in a suit and to *people* in a sweater. So I tried something
        small. I took that answer, removed everything that could identify her, asked her whether
        it was all right, and put it at the top of the course: "Somebody asked me whether you may
        hate the book. Yes. Here is how." Three more came by to tell me what they hate. Two of them
        had not written a word before.

        What I still want to change is the announcement. It goes out on Monday at six because the
        calendar says so, and it reads like a train schedule. My plan is to begin each one with
        something that really happened last week, before any date. My worry is that I will run
        out of things by October. Ben, you said that you keep a jar of these. What is in it?
        """),
    ),
    Essay(
        "Gia Mockup",
        1,
        (6, 11, 7),
        "Two cameras and a dog",
        _unwrapped("""
        Confession: my first live session was a lecture with a dog in it. I had slides, a timer and
        a plan for every minute, and for forty minutes I watched my own face and nine gray squares.
        Then the dog came in, and four squares became people.

        I was annoyed for about a day. I teach biology, and I would like to be more interesting
        than a dog. But looking at the recording, I saw what had happened. It was the first
        moment in which something occurred that I had not arranged, and so the first one in which
        their being there made any difference.

        So this week's deliberate thing was to leave a hole. I put a photo of something from my
        yard on the page without a word about what it is, and asked for guesses. I answered each
        guess with a question and nothing else. By Friday there were thirty-one messages, a
        disagreement about galls, and a boy who turned out to know far more about wasps than I do.
        I told him so. He came to the live session early.

        From the other side, a student in my course would now find somebody curious. What they
        would still be guessing is whether I notice when they are gone. I do not have an answer
        to that yet. I think it is next week's prompt, so I am going to stop here and walk the
        dog, who has asked for a credit.
        """),
    ),
    Essay(
        "Hugo Draft",
        2,
        (3, 20, 55),
        "The call I put off until Thursday",
        _unwrapped("""
        My three lists came out as 41, 12 and 5. I am proud of the 41 for about as long as it
        takes to read the other two numbers.

        The easy one: a student who answered my welcome within a minute, at 7:15 in the morning,
        from a bus. We have exchanged a dozen short messages since, all between 7:10 and 7:30. I
        learned that the bus is her office hour, so now it is mine too.

        The hard one did not open anything. I sent the welcome, then the welcome again with the
        word "friendly" in front of "reminder," which I regret. What I did *not* do was call,
        because I dislike telephones and had decided that teenagers dislike them more. On Thursday
        I ran out of other ideas and called at half past five. A grandmother answered. She asked
        whether he was in trouble. I said that nobody was in trouble and that I had a seat with his
        name on it, and she laughed and said that they had no working computer until the first of
        the month.

        So: not unwilling, not lost, only waiting for a machine that the school had in a closet. I
        suspected motivation. It was a form that nobody had sent them. Four names are left on the
        third list. I have booked Monday from five to six, with the number of the counselor next to
        me, and my first sentence will be, "Nobody is in trouble."
        """),
    ),
    Essay(
        "Jun Placeholder",
        2,
        (4, 18, 31),
        "Ten words in the right language",
        _unwrapped("""
        I teach Spanish, and for two weeks I wrote to all families in English. It did not occur to
        me until I sorted the lists. Of the nine students I had not heard from, six have a home
        language that is not English, and one of those languages is the one I teach. I sat with
        that for a while.

        The student who was easy to reach: clicked everything, asked what "asynchronous" means, got
        an answer, made a joke about it. Total time, six minutes.

        The one who was not: four logins, no words. My earlier messages had explained the grading
        policy. On Wednesday evening I wrote ten words to the family in Spanish. They said who I
        am, that I am glad their child is in my class, and that they may write in any language. The
        answer arrived before I had put the phone down. The mother had believed that parents were
        not supposed to write, because the box says *Submit*.

        What stood in the way was a word on a button, and my assumption that silence means the
        same thing in every house. For the five whose language I do not have, our office has an
        interpreter line that I had filed under emergencies. It turns out that hello counts. I have
        two calls on Tuesday, with her on the line, and I am practicing how to say three short
        things and then wait.
        """),
    ),
    Essay(
        "Kit Trial",
        2,
        (5, 15, 24),
        "A list I would rather not show",
        _unwrapped("""
        This one is for you alone, Ben, because it is about me more than about the students.

        My lists are 22, 30 and 9. Half of the class has clicked and not spoken. I teach programming
        and I like clicking and not speaking, so until the prompt I had thought of that as things
        going well. The exercises were done. The tests were green. I had mistaken a clean dashboard
        for contact.

        The easy attempt was a boy who filed a bug against my assignment, with steps to reproduce
        it. I thanked him and fixed it with him watching. We are friends for life. The hard one is
        a girl whose work is perfect and who has never written a sentence. I wrote "Great job!"
        three times. It struck me on Saturday that this is what an automatic message would say,
        and that she has every reason to believe I am one.

        So I read her code as I would read a colleague's, and asked about a name that she had
        chosen. Why is the list called *harbor*? She answered in two lines, which is two more
        than before: because things come in and wait there.

        I want to do that once for each of the thirty. At two minutes each it is an hour. I can find
        an hour. What I would like your help with is the nine; I have drafted a message four times
        and it still sounds like a ticket.
        """),
        Audience.COACH,
    ),
    Essay(
        "Ella Template",
        2,
        (6, 17, 48),
        "What the mentor knew",
        _unwrapped("""
        Two of my students sit in the same room, eighty miles from here, with the same adult at
        the back. I had written to each of them three times and to her not once.

        I found her name on a roster that I had been sent in August and had filed under "later." She
        picked up on the first ring and said, "I was wondering when one of you would call." There
        was no reproach in it; that made it worse. In four minutes she told me that one of the two
        shares a laptop with a brother, that the other reads everything I post and is too proud
        to ask, and that both would rather be wrong on paper than on a screen.

        On paper! I can do paper. On Friday they photographed their scratch work and she sent it
        in. It was the best algebra I have seen this month, crossed out and arrowed and alive.

        My guess about the silence had been that the problems were too hard. The evidence says that
        the problems were fine and the *box* was too clean. So the plan for everybody still quiet is
        to find the nearest adult before I find another adjective for my e-mails. There are four
        left. Two of them have mentors, and I have both numbers taped to the monitor. When I call, I
        intend to begin with a question about the student that is not about the work. I would like
        to have known about the brother in the first week.
        """),
    ),
    Essay(
        "Gia Mockup",
        3,
        (0, 21, 16),
        "Three promises I made by accident",
        _unwrapped("""
        I am early this week, because I read the prompt at breakfast and could not get it out of my
        head through four classes.

        Written promise: replies within 24 hours. Fine. Implied promises, collected by scrolling
        back through my own messages: that I answer before midnight (I did, five times), that late
        lab reports cost nothing (I have waved through all of them), and that I will always send a
        picture of the dog. The last one is the only one I can keep in November.

        The midnight one worries me. Nobody asked for it. I was awake, the question was there, and
        answering felt like kindness. But on Sunday a student wrote at 11:40 and then, at 11:55,
        "hello??" That is not rudeness. That is someone who has been taught a schedule, by me.

        About late work, I did not actually know what our policy allows. I asked in the office and
        the answer was longer and kinder than I expected: up to a week at full credit if we agree
        on a new date together. "Agree on" is the part that I had left out.

        So tomorrow I will post this, openly: "I answered you at midnight for two weeks. I was
        wrong to, because I cannot do it in November, and you should not have to wonder. From now
        on you hear from me between seven and seven, every school day, without fail." Is "without
        fail" too much? Tell me before ten.
        """),
    ),
)

LINES = (
    Line(
        "Ada Example",
        (-10, 9, 2),
        "Good morning, everybody, and welcome. This is the room for whatever fits nowhere "
        "else. The coffee is imaginary, but it is always on.",
    ),
    Line(
        "Hugo Draft",
        (-10, 10, 26),
        "Good morning! I teach history to people who were born after the things I call recent.",
    ),
    Line(
        "Cora Specimen",
        (-9, 12, 14),
        "A tip from my first year: write your office hours on a note next to the screen. Not "
        "for the students. For you.",
    ),
    Line(
        "Ivy Instance",
        (1, 13, 9),
        "Does anyone else's gradebook show week 1 as “overdue since 1970”, or is it only mine?",
    ),
    Line(
        "Kit Trial",
        (1, 14, 11),
        "Ha. That is the beginning of time, as computers see it. Set a due date on the "
        "category, not only on the task, and it goes away.",
    ),
    Line(
        "Ivy Instance",
        (1, 14, 34),
        "It went away. I owe you a coffee, imaginary or otherwise.",
    ),
    Line(
        "Cora Specimen",
        (4, 9, 3),
        "May I quote “one good jacket”? And yes, please come and look at my front page. It "
        "has four links, and I still argue with one of them.",
        "The door with no handle",
    ),
    Line(
        "Gia Mockup",
        (4, 12, 47),
        "“The whole of seventh grade” deserves a better answer than any of us has. Maybe "
        "just: tell me about one good day in it?",
        "The door with no handle",
    ),
    Line(
        "Ben Sample",
        (5, 10, 21),
        "The jar holds index cards. One line each, whenever something makes me laugh or stop. "
        "In October I am always surprised how full it is.",
        "Form letter, signed by me",
    ),
    Line(
        "Dev Prototype",
        (8, 16, 12),
        "Tomorrow's webinar has a practice round on the phone. Bring water. Bring a joke.",
    ),
    Line(
        "Ella Template",
        (9, 18, 6),
        "That webinar was the first time I have *enjoyed* the sound of a ringing phone. Thank "
        "you, Dev.",
    ),
    Line(
        "Jun Placeholder",
        (11, 9, 4),
        "“Nobody is in trouble” is now on a note on my desk, in three languages.",
        "The call I put off until Thursday",
    ),
    Line(
        "Ada Example",
        (11, 11, 17),
        "Hugo, would you tell me what that form is called? I would like it to find every "
        "family before the first of the month.",
        "The call I put off until Thursday",
    ),
    Line(
        "Hugo Draft",
        (11, 15, 38),
        "It is the blue one. I have put a stack of digital blue ones in your inbox.",
        "The call I put off until Thursday",
    ),
    Line(
        "Finn Pattern",
        (12, 10, 52),
        "*Submit* is a terrible word for hello. I have just renamed mine to *Send*.",
        "Ten words in the right language",
    ),
    Line(
        "Lena Beta",
        (14, 15, 20),
        "Hello from Lena! I am new here, three weeks late and already behind on the jokes "
        "about the jar.",
    ),
    Line(
        "Finn Pattern",
        (14, 16, 5),
        "Welcome, Lena! The jar is optional. The dog pictures, it seems, are not.",
    ),
    Line(
        "Hugo Draft",
        (15, 8, 33),
        "Seven to seven sounds right. I would lose “without fail”: they will believe the "
        "hours more than the oath.",
        "Three promises I made by accident",
    ),
)
