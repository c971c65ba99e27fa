"""The odd ways in which a response is told: each changes one response of a generated tree, and its own truth with it."""
import datetime

PLAIN_DAYS = ((10, 12), (12, 31))        # no public holiday in China in these days of any year


class Response:
    """One answer of a model, and every line that tells it."""

    def __init__(self, model, tokens, name, chance):
        self.model, self.tokens, self.kind = model, tokens, "usual"
        self.searches, self.batch, self.fast, self.us = 0, False, False, False
        self.odd, self.advisors, self.sightings = {}, [], []
        self.id, self.request, self.uuid = "msg_01%s" % name, "req_011%018x" % chance.getrandbits(72), None
        self.single, self.joined, self.at, self.place = False, False, None, {}


def odd(**spelling):
    """Returns a change of the spelling only."""
    def change(one, tree):
        one.odd.update(spelling)
    return change


def model(name):
    """Returns a change of the model."""
    def change(one, tree):
        one.model = name
    return change


def request(spelling):
    """Returns a change of the request's id."""
    def change(one, tree):
        one.odd["request"] = spelling
        if spelling != "mixed":
            one.request = None
    return change


def cache(spelling, read=None, five=None, hour=None):
    """Returns a change of the cache's figures and how they are told."""
    def change(one, tree):
        one.odd["cache"] = spelling
        given, out, *old = one.tokens
        one.tokens = (given, out, *(was if new is None else new for was, new in zip(old, (read, five, hour))))
    return change


def tier(name, **more):
    """Returns a change of the tier, for one model; `usage` spells it."""
    def change(one, tree):
        one.model = name
        usage = more.get("usage")
        for key in ("batch", "fast", "us"):
            setattr(one, key, more.get(key, False))
        if usage:
            one.odd["usage"] = usage
    return change


def searches(us):
    """Returns a change that adds web searches."""
    def change(one, tree):
        one.model, one.searches, one.us = "claude-opus-5-5", 1 + tree.chance.randrange(9), us
    return change


def advisor(count, without_request=False):
    """Returns a change that adds calls of an advisor, each billed at its own model."""
    def change(one, tree):
        one.single = True
        if without_request:
            request("absent")(one, tree)
        for _ in range(count):
            other = Response(tree.chance.choice(("claude-fable-5-1", one.model)), tree.tokens(), one.id, tree.chance)
            other.kind = "advisor"
            one.advisors.append(other)
            tree.responses.append(other)
    return change


def prompt(over):
    """Returns a change to a prompt of the length at which the price of Haiku 5.5 changes."""
    def change(one, tree):
        one.model, one.tokens = "claude-haiku-5-5", (10, one.tokens[1], 99_000 + over, 900, 90)
    return change


def nameless(uuid, spelling):
    """Returns a change to a line without a message's id."""
    def change(one, tree):
        one.single, one.id = True, None
        one.odd["id"] = spelling
        if uuid:
            one.uuid = "%032x" % tree.chance.getrandbits(128)
        else:
            one.odd.update(uuid="absent", fixed=True)
    return change


def joined(one, tree):
    """Two objects on one line."""
    one.joined = True


def deepseek(peak):
    """Returns a change to a model whose price depends on the hour."""
    def change(one, tree):
        one.model, one.single = "deepseek-flash", True
        given, out, read, _, _ = one.tokens
        one.tokens = (given, out, read, 0, 0)
        day = tree.weekday(PLAIN_DAYS)
        if day is None:
            one.model = "claude-sonnet-4-6"
            return
        hour = tree.chance.choice((1, 3, 6, 9) if peak else (0, 4, 5, 10, 23))
        start = datetime.datetime(day.year, day.month, day.day, hour, tree.chance.randrange(1, 60), tzinfo=datetime.timezone.utc)
        one.at = int(start.timestamp()) * 10 ** 9
    return change


def elsewhere(**place):
    """Returns a change of where it happened."""
    def change(one, tree):
        one.place.update(place)
    return change


HAZARDS = {
    "spaced": odd(spaced=True), "turned": odd(turned=True), "escaped": odd(escaped=True),
    "request_null": request("null"), "request_empty": request("empty"), "request_absent": request("absent"),
    "request_mixed": request("mixed"),
    "speed_null": odd(usage={"speed": None}), "speed_unknown": odd(usage={"speed": "turbo"}),
    "speed_standard": odd(usage={"speed": "standard"}), "tier_null": odd(usage={"service_tier": None, "inference_geo": None}),
    "tier_other": odd(usage={"service_tier": "priority", "inference_geo": "not_available"}),
    "search_null": odd(usage={"server_tool_use": None}),
    "cache_null": cache("null", 0, 0, 0), "cache_absent": cache("absent", 0, 0, 0), "split_none": cache("none", hour=0),
    "split_zero": cache("zero", five=4321, hour=0), "split_partial": cache("partial", five=3003), "split_only": cache("only", five=700),
    "split_member_null": cache("member", five=0, hour=1717),
    "null_keys": odd(nulls=True), "decoy_keys": odd(decoy=True), "deep": odd(deep=150),
    "version_odd": odd(line={"version": "2.1-next"}), "version_null": odd(line={"version": None}), "version_absent": odd(without=("version",)),
    "nulls_outside": odd(line={"parentUuid": None, "agentId": None, "costUSD": None, "isApiErrorMessage": None}),
    "digits_0": odd(digits=0), "digits_6": odd(digits=6), "digits_9": odd(digits=9), "offset": odd(offset=120),
    "offset_digits": odd(offset=-570, digits=6), "bad_bytes": odd(bad=True), "cost_told": odd(line={"costUSD": 9.99}),
    "joined": joined, "id_absent": nameless(True, "absent"), "id_null": nameless(True, "null"), "id_and_uuid_absent": nameless(False, "absent"),
    "batch": tier("claude-opus-5-5", batch=True), "batch_unknown_factor": tier("claude-fable-5-2", batch=True),
    "fast": tier("claude-opus-5-5", fast=True), "fast_six": tier("claude-opus-4-6", fast=True),
    "fast_no_factor": tier("claude-sonnet-5-5", fast=True), "fast_unknown_factor": tier("claude-fable-5-2", fast=True),
    "us": tier("claude-haiku-5-5", us=True), "us_no_factor": tier("claude-haiku-4-5", us=True),
    "batch_us": tier("claude-sonnet-4-6", batch=True, us=True), "geo_other": tier("claude-opus-5-5", usage={"inference_geo": "eu"}),
    "search": searches(False), "search_us": searches(True), "advisor": advisor(1), "advisors": advisor(2),
    "advisor_no_request": advisor(1, True), "rounds": odd(rounds=True),
    "model_unknown": model("claude-nova-9"), "model_alias": model("claude-sonnet-4-5-20250929"), "model_other_unknown": model("acme/large \u00e9"),
    "prompt_at_limit": prompt(0), "prompt_over_limit": prompt(1), "peak": deepseek(True), "off_peak": deepseek(False),
    "cwd_null": elsewhere(cwd=None), "branch_null": elsewhere(branch=None), "branch_empty": elsewhere(branch=""),
    "branch_head": elsewhere(branch="HEAD"), "skill": elsewhere(skill="end-day"),
}
