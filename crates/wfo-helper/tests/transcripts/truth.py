"""What a generated tree is worth: prices and sums, from what the generator meant and never from the files it wrote.

Amounts are whole pico-dollars (USD per million tokens x 10^6 = pico-USD per token); fractions are exact until the end.
"""
import datetime
import json
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
KINDS = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
SEARCH = 10 ** 10
PEAK_HOURS = {1, 2, 3, 6, 7, 8, 9}
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def moment(at):
    """Returns the instant of some nanoseconds since the epoch, to the microsecond below it."""
    return EPOCH + datetime.timedelta(microseconds=at // 1000)


class Book:
    """The price list."""

    def __init__(self, path=Path(__file__).with_name("prices.json")):
        rows = json.loads(Path(path).read_text(encoding="utf-8"), parse_float=Fraction)["models"]
        self.rows = {}
        for row in rows:
            for name in [row["id"], *row.get("aliases", [])]:
                self.rows[name] = row

    def worth(self, response, tokens, at):
        """Returns pico-USD of a response with some tokens at a time; None where no price is known."""
        row = self.rows.get(response.model)
        if row is None:
            return None
        rates = {kind: row[kind] for kind in KINDS}
        day = moment(at).date().isoformat()
        for old in row.get("history", []):
            if day <= old["until"]:
                rates.update({kind: old[kind] for kind in KINDS if kind in old})
        long = row["long_context"]
        if long and tokens[0] + tokens[2] + tokens[3] + tokens[4] > long["threshold_tokens"]:
            rates.update({kind: long[kind] for kind in KINDS})
        if "peak" in row and moment(at).weekday() < 5 and moment(at).hour in PEAK_HOURS:
            rates.update(row["peak"])
        factor = Fraction(1)
        if response.batch:
            if row["batch_discount"] is None:
                return None
            factor *= row["batch_discount"]
        if response.fast:
            if row["fast_multiplier"] is None and row["id"] == "claude-fable-5-2":
                return None
            factor *= row["fast_multiplier"] or 1
        if response.us:
            factor *= row.get("us_inference_multiplier", 1)
        total = Fraction(SEARCH * response.searches)
        for kind, count in zip(KINDS, tokens):
            if count and rates[kind] is None:
                return None
            total += count * (rates[kind] or 0) * 10 ** 6 * factor
        if total.denominator != 1:
            raise ValueError(f"{response.model}: {total} is no whole number of pico-dollars")
        return int(total)


class Sum:
    """What several responses come to."""

    def __init__(self):
        self.pico = 0
        self.responses = 0
        self.tokens = [0] * 5
        self.sessions = set()
        self.unpriced = {}

    def add(self, model, tokens, pico, session):
        """Counts a response."""
        self.responses += 1
        self.sessions.add(session)
        self.tokens = [old + new for old, new in zip(self.tokens, tokens)]
        if pico is None:
            self.unpriced[model] = self.unpriced.get(model, 0) + sum(tokens)
        else:
            self.pico += pico

    def told(self):
        """Returns it as data."""
        return {"pico": self.pico, "responses": self.responses, "tokens": dict(zip(KINDS, self.tokens)),
                "sessions": len(self.sessions), "unpriced": dict(sorted(self.unpriced.items()))}


class Truth:
    """All sums of a tree."""

    def __init__(self):
        self.total = Sum()
        self.parts = {name: {} for name in ("models", "cwds", "sessions", "branches", "skills", "classes")}
        self.days = {zone: {} for zone in ZONES}
        self.months = {zone: {} for zone in ZONES}
        self.zones = [(zone, ZoneInfo(zone)) for zone in ZONES]
        self.book = Book()

    def count(self, response):
        """Counts a response once, as its winning sighting has it."""
        won = min(response.sightings)
        what = response.model, won.tokens, self.book.worth(response, won.tokens, won.at), won.session
        self.total.add(*what)
        keys = (response.model, won.cwd, won.session, won.branch, won.skill, response.kind)
        for part, key in zip(self.parts.values(), keys):
            part.setdefault(key or "", Sum()).add(*what)
        for zone, rules in self.zones:
            day = moment(won.at).astimezone(rules).date().isoformat()
            self.days[zone].setdefault(day, Sum()).add(*what)
            self.months[zone].setdefault(day[:7], Sum()).add(*what)

    def told(self):
        """Returns it as data, keys in order."""
        def listed(sums):
            return {key: sums[key].told() for key in sorted(sums)}
        answer = {"total": self.total.told()}
        answer.update({name: listed(part) for name, part in self.parts.items()})
        for name, zones in (("days", self.days), ("months", self.months)):
            answer[name] = {zone: listed(sums) for zone, sums in zones.items()}
        return answer
