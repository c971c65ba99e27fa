#!/usr/bin/env python3
"""Writes a tree of transcripts as Claude Code leaves them, and what it cost by construction, not by reading.

    generate.py OUT [--profile plain|safe|hard] [--mib N] [--seed N] [--days 45] [--now RFC3339] [--projects DIR]

OUT is a CONFIG folder: OUT/projects/ is the tree, OUT/expected.json the truth (amounts in whole pico-dollars).
plain: sessions with streamed answers. safe: also resumed copies, sub-agents with replays, progress lines, huge lines and
dirt, all of which other readers take too. hard: also every hazard of hazards.py. The same seed writes the same bytes.
Every folder below --projects is the `cwd` of one project; invented ones make them ten.
"""
import argparse
import datetime
import json
import random
import re
import shutil
from collections import namedtuple
from pathlib import Path
from zoneinfo import ZoneInfo

import shapes
from hazards import HAZARDS, Response
from truth import ZONES, Truth

SECOND = 10 ** 9
MODELS = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-1", "claude-opus-5", "claude-sonnet-4-6",
          "claude-haiku-4-5", "claude-fable-5-2")
NAMES = ("alder", "birch", "caf\u00e9", "dogwood", "elm", "fir", "ginkgo", "hazel", "juniper", "larch")
BRANCHES = ("main", "feature/20261012T080000Z_login-loop", "fix/ports", "release/v1.4.0")
SKILLS = (None, None, "start-day", "costs", "superpowers:brainstorming")
Place = namedtuple("Place", "session cwd branch skill")
Told = namedtuple("Told", "response tokens at place number raw end")


class Page:
    """One transcript being written."""

    def __init__(self, path, end=b"\n"):
        self.path, self.end, self.parts, self.size, self.lines, self.told = path, end, [], 0, 0, []

    def add(self, line, end=None):
        """Appends a line; returns its place in the file's order."""
        self.parts.append(line + (self.end if end is None else end))
        self.size += len(line) + 1
        self.lines += 1
        return self.lines


class Tree:
    """The whole tree, session by session."""

    def __init__(self, args):
        self.args, self.chance = args, random.Random("%s %s" % (args.profile, args.seed))
        self.text = shapes.Text(self.chance)
        self.safe, self.hard = args.profile != "plain", args.profile == "hard"
        self.now = int(datetime.datetime.fromisoformat(args.now.replace("Z", "+00:00")).timestamp()) * SECOND
        self.start = self.now - args.days * 86_400 * SECOND
        self.root = Path(args.out) / "projects"
        self.target, self.size, self.files, self.broken = int(args.mib * 2 ** 20), 0, 0, 0
        self.responses, self.turn, self.due, self.old = [], 0, [], []
        folders = sorted(str(path.resolve()) for path in Path(args.projects).iterdir() if path.is_dir()) if args.projects else []
        self.projects = (folders + ["/home/ada/code/" + name for name in NAMES])[:max(10, len(folders))]

    # ------------------------------------------------------------ small choices
    def tokens(self):
        """Chooses figures: input, output, read, written for 5 minutes, written for an hour."""
        chance = self.chance
        given = chance.randrange(1, 60) if chance.random() < 0.9 else chance.randrange(60, 9_000)
        written = min(60_000, int(chance.lognormvariate(6.5, 1.3)))
        hour = written if chance.random() < 0.3 else written // 4 if chance.random() < 0.2 else 0
        return given, 2 + min(30_000, int(chance.lognormvariate(5, 1.3))), min(190_000, int(chance.lognormvariate(10, 1))), written - hour, hour

    def response(self, model=None):
        """Makes a response that is not told yet."""
        one = Response(model or self.chance.choice(MODELS), self.tokens(), "%022x" % self.chance.getrandbits(88), self.chance)
        self.responses.append(one)
        return one

    def hazard(self):
        """Makes a response with the next hazard: each once before any comes again."""
        one = self.response()
        if not self.due:
            self.due = list(HAZARDS)
            self.chance.shuffle(self.due)
        one.kind = self.due.pop()
        HAZARDS[one.kind](one, self)
        return one

    def weekday(self, days):
        """Returns a Monday to Friday of the window between two days of the year, or None."""
        first = datetime.date(1970, 1, 1) + datetime.timedelta(days=self.start // SECOND // 86_400 + 1)
        all_days = (first + datetime.timedelta(days=number) for number in range(self.args.days - 1))
        fit = [day for day in all_days if day.weekday() < 5 and days[0] <= (day.month, day.day) <= days[1]]
        return self.chance.choice(fit) if fit else None

    def page(self, project, session):
        """Opens a session's transcript."""
        folder = re.sub(r"[^A-Za-z0-9]", "-", project)
        return Page("%s/%s.jsonl" % (folder, session), b"\r\n" if self.hard and self.chance.random() < 0.15 else b"\n")

    def name(self):
        """Names a session."""
        raw = "%032x" % self.chance.getrandbits(128)
        return "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]))

    def clip(self):
        """Returns the text of an answer."""
        return self.text.some(min(40_000, int(self.chance.lognormvariate(5.6, 1.0))))

    # ------------------------------------------------------------ telling
    def tell(self, page, one, tokens, at, place, number=0, side=False, request="own", end=None, raw=None):
        """Writes one line of a response and notes that it was seen there."""
        digits = one.odd.get("digits", 3)
        at -= at % 10 ** (9 - digits)
        place = place._replace(**one.place)
        if raw is None:
            text = self.clip()
            request = one.request if request == "own" else request
            raw = shapes.assistant(one, tokens, at, side, place, request, number, text, self.chance)
        order = page.add(raw, end)
        self.seen(one, tokens, at, place, page, order, side)
        page.told.append(Told(one, tokens, at, place, number, raw, page.end if end is None else end))

    def seen(self, one, tokens, at, place, page, order, side):
        """Notes that a response and the advisors it asked stand in a line."""
        for other, figures in [(one, tokens)] + [(other, other.tokens) for other in one.advisors]:
            where = place.session, place.cwd, place.branch, place.skill
            other.sightings.append(shapes.Sighting(side, -sum(figures), page.path, order, figures, at, *where))

    def say(self, page, one, at, place, side=False):
        """Writes all lines of a response; returns the time after them."""
        at = at if one.at is None else one.at
        fine = one.odd.get("digits", 3)
        if fine > 3:
            at += self.chance.randrange(10 ** 6)
        lines = 1 if one.single else self.chance.choice((1, 2, 2, 3, 3, 4))
        grows = self.chance.random() < 0.5
        for number in range(lines):
            given, out, *rest = one.tokens
            if grows and number < lines - 1:
                out = min(out, 1 + number)
            last = number == lines - 1
            end = self.chance.choice((b"", b" ")) if one.joined and last else None
            self.tell(page, one, (given, out, *rest), at, place, number, side, end=end)
            if not last:
                at += self.chance.randrange(100, 4_000) * 10 ** 6
        if one.joined:
            other = self.response()
            other.single, other.kind = True, one.kind
            self.tell(page, other, other.tokens, at, place, side=side)
        return at

    def person(self, page, at, place, size=None, more=None):
        """Writes what a person or a tool said."""
        size = min(400_000, int(self.chance.lognormvariate(7.8, 1.4))) if size is None else size
        page.add(shapes.person(at, place, self.text.some(size), self.chance, more))

    def dirt(self, page, at, place):
        """Writes a line that no transcript should have."""
        kind = self.chance.choice(("blank", "spaces", "nul", "binary", "half", "half", "early", "summary", "result", "error", "bad", "bad"))
        if kind == "blank":
            page.add(b"")
        elif kind == "spaces":
            page.add(b"  \t ")
        elif kind == "nul":
            page.add(b"\0" * self.chance.randrange(1, 5_000))
        elif kind == "binary":
            page.add(bytes(self.chance.getrandbits(8) for _ in range(300)).replace(b"\n", b"").replace(b'"', b""))
        elif kind in ("half", "early"):
            self.half(page, at, place, kind == "early")
        elif kind == "summary":
            page.add(b'{"type":"summary","summary":"Ports and leases","leafUuid":"1"}')
        elif kind == "result":
            self.person(page, at, place, 200, {"toolUseResult": {"usage": {"input_tokens": 5_000, "output_tokens": 70}, "totalTokens": 5_070}})
        elif kind == "error":
            self.refused(page, at, place)
        elif self.hard:
            figures = {"input_tokens": -5}, {"output_tokens": 12.5}, {"input_tokens": 2 ** 63}, {"cache_read_input_tokens": 2 ** 64 + 1}
            self.lost(page, at, place, self.chance.choice(figures))

    def stranger(self):
        """Makes a response that counts nowhere."""
        return Response(MODELS[0], self.tokens(), "%022x" % self.chance.getrandbits(88), self.chance)

    def half(self, page, at, place, early):
        """Writes the beginning of a line; before its figures nobody can know that they are missing."""
        one = self.stranger()
        raw = shapes.assistant(one, one.tokens, at, False, place, one.request, 0, self.text.some(200), self.chance)
        figures = raw.index(b'"usage":')
        cut = self.chance.randrange(1, figures) if early else self.chance.randrange(raw.index(b'"service_tier"', figures), len(raw))
        page.add(raw[:cut])
        self.broken += 0 if early else 1

    def lost(self, page, at, place, figures):
        """Writes a response with figures that cannot be."""
        one = self.stranger()
        one.odd["usage"] = figures
        page.add(shapes.assistant(one, one.tokens, at, False, place, one.request, 0, b"no", self.chance))
        self.broken += 1

    def refused(self, page, at, place):
        """Writes an error of the service, which costs nothing."""
        one = self.stranger()
        one.model, one.tokens = "<synthetic>", (0,) * 5
        one.odd["line"] = {"isApiErrorMessage": True}
        page.add(shapes.assistant(one, one.tokens, at, False, place, None, 0, b"API Error: 529 overloaded", self.chance))

    # ------------------------------------------------------------ sessions
    def session(self, number):
        """Writes one session: sometimes resumed from an earlier one, sometimes with sub-agents."""
        chance, project = self.chance, self.projects[number % len(self.projects)]
        name = self.name()
        page = self.page(project, name)
        day = number * 7 % self.args.days
        at = min(self.start + day * 86_400 * SECOND + chance.randrange(86_400_000) * 10 ** 6, self.now - 8 * 3_600 * SECOND)
        place = Place(name, project, chance.choice(BRANCHES), chance.choice(SKILLS))
        if self.safe and self.old and chance.random() < 0.3:
            self.copy(page, chance.choice(self.old), name)
        size = min(900_000, self.target / 14) * min(6, chance.lognormvariate(0, 0.6))
        while page.size < size and at < self.now - 60 * SECOND:
            at = self.turn_of(page, at, place)
            if chance.random() < 0.05:
                place = place._replace(branch=chance.choice(BRANCHES), skill=chance.choice(SKILLS))
            if chance.random() < 0.05:
                place = place._replace(cwd=project + chance.choice(("", "/crates/core", "/docs")))
            if self.safe and chance.random() < (0.03 if self.target < 32 << 20 else 0.01):
                self.agent(page, at, place)
        self.old = (self.old + [page])[-12:]
        self.save(page)

    def turn_of(self, page, at, place):
        """Writes one prompt or tool result and one answer; returns the time after it."""
        self.turn += 1
        bare = self.hard and page.lines == 0
        if not bare:
            for _ in range(self.chance.choice((0, 1, 1, 1, 2, 2))):
                self.person(page, at, place)
        if self.safe and not bare and self.chance.random() < 0.03:
            self.dirt(page, at, place)
        at += self.chance.randrange(1_000, 60_000) * 10 ** 6
        odd = self.hard and self.turn % 2 == 0
        after = self.say(page, self.hazard() if odd else self.response(), at, place)
        return max(at, after) if after < at + 3_600 * SECOND and after >= at - SECOND else at

    def copy(self, page, earlier, name):
        """Copies the beginning of an earlier session, as resuming does."""
        moved = self.chance.random() < 0.5
        for told in earlier.told[:self.chance.randrange(1, len(earlier.told) + 1)]:
            place = told.place._replace(session=name)
            if moved and self.hard:
                place = place._replace(branch="resumed")
            # A response without any name is the same only where its line is, to the last byte.
            fixed = told.response.odd.get("fixed")
            raw, end = (told.raw, told.end) if fixed else (None, None)
            self.tell(page, told.response, told.tokens, told.at, place, told.number, end=end, raw=raw)
            if self.chance.random() < 0.2:
                self.person(page, told.at, place, 300)

    def agent(self, parent, at, place):
        """Writes a sub-agent's transcript: replays of the parent, then work of its own, partly told in the parent too."""
        chance = self.chance
        page = Page("%s/subagents/agent-a%07x.jsonl" % (parent.path[:-len(".jsonl")], chance.getrandbits(28)), parent.end)
        native = [told for told in parent.told[-8:] if told.place.session == place.session and told.response.id]
        for told in native[:chance.randrange(4)]:
            later = chance.choice((0, 0, 3_000)) * 10 ** 6
            figures = told.tokens
            if self.hard and chance.random() < 0.3:
                figures = (figures[0], figures[1] * 3, *figures[2:])
            one = told.response
            request = "req_011%018x" % chance.getrandbits(72)
            self.tell(page, one, figures, told.at + later, place, side=True, request=request)
        for _ in range(chance.randrange(1, 20)):
            at += chance.randrange(500, 9_000) * 10 ** 6
            self.person(page, at, place, 400)
            one = self.response()
            one.kind, one.single = "subagent", True
            way = chance.random()
            if way < 0.25:
                one.kind = "progress"
                order = parent.add(shapes.progress(one, one.tokens, at, place, b"progress", chance))
                self.seen(one, one.tokens, at, place, parent, order, False)
                if way < 0.1:
                    continue
            elif way < 0.6:
                one.single = False
            self.say(page, one, at, place, side=True)
        self.save(page)
        self.put(page.path[:-len(".jsonl")] + ".meta.json", b'{"agentType":"Explore","description":"look around"}')

    # ------------------------------------------------------------ days, dirt of files
    def edges(self):
        """Returns instants at the edges of days that matter: months, clock changes, 29 February, changes of price."""
        found = set()
        for zone in ZONES:
            rules = ZoneInfo(zone)
            day = (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=self.start // SECOND + 86_400)).replace(hour=0, minute=0, second=0)
            while True:
                here, then = (moment.replace(tzinfo=rules) for moment in (day, day + datetime.timedelta(days=1)))
                if then.timestamp() * SECOND >= self.now:
                    break
                special = day.day == 1 or here.utcoffset() != then.utcoffset() or (day.month, day.day) in ((2, 29), (10, 8))
                if special:
                    found |= {int(here.timestamp()) * SECOND, int(then.timestamp()) * SECOND}
                day += datetime.timedelta(days=1)
        return sorted(found)

    def edge_sessions(self):
        """Writes responses on both sides of those instants, and some that cross them while they are streamed."""
        for model in ("claude-sonnet-5-5", "claude-opus-5-5"):
            name, project = self.name(), self.chance.choice(self.projects)
            page, place = self.page(project, name), Place(name, project, "main", None)
            for edge in self.edges():
                for shift in (-10 ** 6, 0, SECOND):
                    one = self.response(model)
                    one.kind, one.single = "edge", True
                    if self.hard and shift < 0:
                        one.odd["digits"], shift = 9, -1
                    self.tell(page, one, one.tokens, edge + shift, place)
                for grows in (True, False):
                    one = self.response(model)
                    one.kind = "midnight"
                    given, out, *rest = one.tokens
                    self.tell(page, one, (given, 1 if grows else out, *rest), edge - 2 * SECOND, place)
                    self.tell(page, one, one.tokens, edge + 3 * SECOND, place)
            self.save(page)

    def huge(self):
        """Writes lines of many megabytes."""
        name, project, size = self.name(), self.projects[0], min(8 << 20, self.target // 10)
        page, place, at = self.page(project, name), Place(name, project, "main", None), self.start + 7_200 * SECOND
        self.person(page, at, place, size)
        one = self.response()
        one.kind = "huge"
        raw = shapes.assistant(one, one.tokens, at, False, place, one.request, 0, self.text.some(size), self.chance)
        self.tell(page, one, one.tokens, at, place, raw=raw)
        self.save(page)

    def pairs(self):
        """Writes what takes two files or two lines to see: one id in two requests, one id without request in two sessions."""
        at, pages = self.start + 9_000 * SECOND, []
        for project in self.projects[:3]:
            name = self.name()
            pages.append((self.page(project, name), Place(name, project, "main", "pairs")))
        for number in range(6):
            first, second = self.response(), self.response(MODELS[1])
            second.id = first.id
            first.kind = second.kind = "two_requests"
            for one in (first, second):
                self.say(pages[0][0], one, at + number * SECOND, pages[0][1])
            lone = self.response()
            lone.kind, lone.request = "no_request_two_sessions", None
            for turn, (page, place) in enumerate(pages):
                tokens = lone.tokens if number % 2 else (lone.tokens[0], lone.tokens[1] + turn, *lone.tokens[2:])
                self.tell(page, lone, tokens, at + (turn * 40_000 + number) * SECOND, place)
        page, place = pages[1]
        for _ in range(4):
            one = self.response()
            one.kind = "sidechain_in_session"
            self.say(page, one, at, place, side=True)
        for figures in ({"input_tokens": -1}, {"output_tokens": 0.5}, {"input_tokens": 2 ** 63}, {"cache_read_input_tokens": 2 ** 64 + 1}):
            self.lost(page, at, place, figures)
        self.half(page, at, place, False)
        self.refused(page, at, place)
        deep = self.chance.choice((5_000, 60_000))
        page.add(b'{"type":"user","message":{"content":' + b"[" * deep + b"]" * deep + b"}}")
        for page, _ in pages:
            self.save(page)

    def places(self):
        """Writes files where files should not be: deep, empty, linked, named like folders and folders named like files."""
        folder = re.sub(r"[^A-Za-z0-9]", "-", self.projects[0])
        for path in ("top.jsonl", "%s/one/two/three.jsonl" % folder, "%s/folder.jsonl/inner.jsonl" % folder):
            name = Path(path).stem
            page, place = Page(path), Place(name, self.projects[0], "main", None)
            one = self.response()
            one.kind = "odd_place"
            self.say(page, one, self.start + 5_000 * SECOND, place)
            self.save(page)
        self.put("%s/empty.jsonl" % folder, b"")
        self.files += 1
        one = self.stranger()
        place = Place("outside", "/outside", "main", None)
        raw = shapes.assistant(one, one.tokens, self.start + 10 ** 12, False, place, one.request, 0, b"outside", self.chance)
        self.put("%s/kept.jsonl.bak" % folder, raw + b"\n")
        self.put("../outside/linked.jsonl", raw + b"\n")
        (self.root / folder / "linked.jsonl").symlink_to("../../outside/linked.jsonl")
        (self.root / "-linked").symlink_to("../outside")
        (self.root / folder / "nowhere.jsonl").symlink_to("nothing-there")

    def put(self, relative, data):
        """Writes a file below the tree."""
        path = self.root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def save(self, page):
        """Writes a transcript."""
        data = b"".join(page.parts)
        fixed = [told.raw for told in page.told if told.response.odd.get("fixed")]
        if self.hard and self.chance.random() < 0.2 and not any(data.startswith(raw) for raw in fixed):
            data = b"\xef\xbb\xbf" + data
        whole = page.told and page.told[-1].raw not in fixed and page.parts[-1].startswith(page.told[-1].raw)
        if self.hard and whole and self.chance.random() < 0.5:
            data = data.rstrip(b"\r\n")
        self.put(page.path, data)
        page.parts = []
        self.size += len(data)
        self.files += 1

    def write(self):
        """Writes everything and returns the truth."""
        self.root.mkdir(parents=True)
        self.edge_sessions()
        if self.safe:
            self.huge()
        if self.hard:
            self.pairs()
            self.places()
        number = 0
        while self.size < self.target or number < len(self.projects):
            self.session(number)
            number += 1
        truth = Truth()
        for one in self.responses:
            truth.count(one)
        head = {"schema": 1, "profile": self.args.profile, "seed": self.args.seed, "now": self.args.now, "days_back": self.args.days,
                "files": self.files, "bytes": self.size, "lines_told": sum(len(one.sightings) for one in self.responses),
                "broken": self.broken, "advisors": sum(one.kind == "advisor" for one in self.responses)}
        return dict(head, **truth.told())


def main():
    """Parses the command line and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", help="the CONFIG folder to fill; projects/ in it must not be there yet")
    parser.add_argument("--profile", choices=("plain", "safe", "hard"), default="hard")
    parser.add_argument("--mib", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=45)
    parser.add_argument("--now", default="2026-11-21T09:00:00Z")
    parser.add_argument("--projects", help="a folder of real projects")
    parser.add_argument("--again", action="store_true", help="remove what an earlier run wrote first")
    args = parser.parse_args()
    out = Path(args.out)
    if args.again:
        for name in ("projects", "outside"):
            shutil.rmtree(out / name, ignore_errors=True)
    expected = Tree(args).write()
    (out / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")
    total = expected["total"]
    print("%(files)d files, %(bytes)d bytes, " % expected + "%(responses)d responses, %(pico)d pico-USD" % total)


if __name__ == "__main__":
    main()
