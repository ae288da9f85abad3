#!/usr/bin/env python3
"""The C interface from another language: ctypes and the shared library alone.

usage: c_door_test.py LIBRARY WAVE
"""
import ctypes as c
import math
import sys
import tempfile
import threading
import time

LIBRARY, WAVE = sys.argv[1:3]
OK, INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION, STOPPED = 0, 1, 2, 3, 10
RESPONSE, CASE_EVENT = 0, 1


class Options(c.Structure):
    _fields_ = [("size", c.c_size_t), ("partitions", c.c_uint32), ("queue_batches", c.c_uint32),
                ("snapshots_per_second", c.c_double), ("room_patience_ms", c.c_int64), ("must_exist", c.c_int32),
                ("accept_loss", c.c_int32), ("frame_file", c.c_char_p)]


class NewerOptions(Options):
    _fields_ = [("unheard_of", c.c_int64)]


class Verdict(c.Structure):
    _fields_ = [("size", c.c_size_t), ("verdict", c.c_int32), ("field", c.c_char_p), ("reason", c.c_char_p)]


class Figure(c.Structure):
    _fields_ = [("size", c.c_size_t), ("statistic", c.c_char_p), ("of", c.c_char_p), ("domain", c.c_char_p),
                ("against", c.c_char_p), ("n", c.c_uint64), ("n_effective", c.c_double), ("value", c.c_double),
                ("se", c.c_double), ("low", c.c_double), ("high", c.c_double), ("reportable", c.c_int32),
                ("flags", c.c_char_p)]


class OlderFigure(c.Structure):  # of a header that ended with n
    _fields_ = Figure._fields_[:6]


DONE = c.CFUNCTYPE(None, c.c_void_p, c.c_void_p)
door = c.CDLL(LIBRARY)
TEXT, HANDLE = c.c_char_p, c.c_void_p
for name, result, arguments in [
        ("version", TEXT, []), ("verdict_name", TEXT, [c.c_int]), ("error_text", TEXT, []),
        ("options_init", c.c_int, [HANDLE]), ("open", c.c_int, [TEXT, TEXT, HANDLE, HANDLE]),
        ("state", c.c_int, [HANDLE]), ("stop", c.c_int, [HANDLE]), ("wave_free", None, [HANDLE]),
        ("batch_new", HANDLE, []), ("batch_free", None, [HANDLE]),
        ("batch_response", c.c_int, [HANDLE, TEXT, TEXT, c.c_uint32, c.c_int64]),
        ("batch_answer", c.c_int, [HANDLE, TEXT, TEXT]), ("batch_category", c.c_int, [HANDLE, TEXT, TEXT]),
        ("batch_status", c.c_int, [HANDLE, c.c_int]), ("batch_base_weight", c.c_int, [HANDLE, c.c_double]),
        ("batch_case_event", c.c_int, [HANDLE, TEXT, TEXT, c.c_int64, TEXT, TEXT]),
        ("submit", c.c_int, [HANDLE, HANDLE, DONE, HANDLE]),
        ("submit_and_wait", c.c_int, [HANDLE, HANDLE, HANDLE]), ("result_free", None, [HANDLE]),
        ("result_code", c.c_int, [HANDLE]), ("result_text", TEXT, [HANDLE]),
        ("result_count", c.c_size_t, [HANDLE, c.c_int]), ("result_ignored_answers", c.c_uint64, [HANDLE]),
        ("result_verdict", c.c_int, [HANDLE, c.c_int, c.c_size_t, HANDLE]), ("latest", c.c_int, [HANDLE, HANDLE]),
        ("await", c.c_int, [HANDLE, c.c_uint64, c.c_int64, HANDLE]), ("figures_free", None, [HANDLE]),
        ("figures_version", c.c_uint64, [HANDLE]), ("figures_respondents", c.c_uint64, [HANDLE]),
        ("figures_count", c.c_size_t, [HANDLE]), ("figures_at", c.c_int, [HANDLE, c.c_size_t, HANDLE]),
        ("figures_find", c.c_int, [HANDLE, TEXT, TEXT, TEXT, TEXT, HANDLE])]:
    function = getattr(door, "panelpuls_" + name)
    function.restype, function.argtypes = result, arguments


def expect(wanted, found, what):
    if wanted != found:
        sys.exit(f"{what}: {found!r} instead of {wanted!r}; {door.panelpuls_error_text().decode()}")


def sized(struct):
    return struct(size=c.sizeof(struct))


def batch_of(records):
    batch = door.panelpuls_batch_new()
    now = time.time_ns() // 1000
    for who, answers in records:
        expect(OK, door.panelpuls_batch_response(batch, who, b"cati", 0, now), "response")
        for question, option in answers:
            expect(OK, door.panelpuls_batch_answer(batch, question, option), "answer")
    return batch


def verdicts_of(result, kind=RESPONSE):
    found = []
    for index in range(door.panelpuls_result_count(result, kind)):
        verdict = sized(Verdict)
        expect(OK, door.panelpuls_result_verdict(result, kind, index, c.byref(verdict)), "verdict")
        found.append((door.panelpuls_verdict_name(verdict.verdict).decode(), verdict.field.decode()))
    return found


def says(revenue, employees):
    return [(b"revenue", revenue), (b"employees", employees)]


def refuses_what_is_wrong(directory, wave):
    expect(NOT_FOUND, door.panelpuls_open(b"/none.textproto", directory, None, c.byref(wave)), "open of nothing")
    expect(True, b"/none.textproto" in door.panelpuls_error_text(), "the error names the file")
    expect(None, wave.value, "handle of a failed open")
    expect(INVALID_ARGUMENT, door.panelpuls_open(None, directory, None, c.byref(wave)), "open of NULL")
    newer = NewerOptions(size=c.sizeof(NewerOptions))
    expect(OK, door.panelpuls_options_init(c.byref(newer)), "longer options")
    newer.unheard_of = 1
    expect(INVALID_ARGUMENT, door.panelpuls_open(WAVE.encode(), directory, c.byref(newer), c.byref(wave)), "unheard of")
    expect(INVALID_ARGUMENT, door.panelpuls_stop(None), "stop of NULL")
    empty = door.panelpuls_batch_new()
    expect(FAILED_PRECONDITION, door.panelpuls_batch_answer(empty, b"revenue", b"up"), "answer of nobody")
    door.panelpuls_batch_free(empty)
    door.panelpuls_wave_free(None)


def submits(wave):
    batch = batch_of([(b"a", says(b"up", b"same")), (b"b", says(b"same", b"same")), (b"c", says(b"up", b"down")),
                      (b"d", says(b"down", b"same")), (b"e", says(b"sideways", b"same"))])
    expect(OK, door.panelpuls_batch_case_event(batch, b"f", b"cati", time.time_ns() // 1000, b"refusal", None), "event")
    ended = threading.Event()
    seen = {}

    @DONE
    def done(context, result):
        seen["code"] = door.panelpuls_result_code(result)
        seen["responses"] = verdicts_of(result)
        seen["events"] = verdicts_of(result, CASE_EVENT)
        seen["stop"] = door.panelpuls_stop(context)
        ended.set()

    expect(OK, door.panelpuls_submit(wave, batch, done, wave), "submit")
    expect(True, ended.wait(60), "the callback comes")
    expect({"code": OK, "responses": [("accepted", "")] * 4 + [("rejected", "answers[0].options[0]")],
            "events": [("accepted", "")], "stop": FAILED_PRECONDITION}, seen, "what the callback has")
    again = HANDLE()
    expect(OK, door.panelpuls_submit_and_wait(wave, batch, c.byref(again)), "the same again")
    expect([("duplicate", "")] * 4, verdicts_of(again)[:4], "verdicts of the same again")
    door.panelpuls_result_free(again)
    return batch


def reads(wave):
    version = 0
    while True:
        figures = HANDLE()
        expect(OK, door.panelpuls_await(wave, version, 60000, c.byref(figures)), "await")
        if door.panelpuls_figures_respondents(figures) == 4:
            break
        version = door.panelpuls_figures_version(figures)
        door.panelpuls_figures_free(figures)
    indicator, older = sized(Figure), sized(OlderFigure)
    expect(OK, door.panelpuls_figures_find(figures, b"mean", b"indicator", b"", None, c.byref(indicator)), "find")
    expect((25.0, 4, b"mean"), (indicator.value, indicator.n, indicator.statistic), "indicator")
    expect(True, indicator.low < 25 < indicator.high and math.isclose(indicator.se, math.sqrt(12500 / 12)), "interval")
    expect(OK, door.panelpuls_figures_find(figures, b"mean", b"indicator", None, None, c.byref(older)), "older struct")
    expect(4, older.n, "n of the older struct")
    expect(NOT_FOUND, door.panelpuls_figures_find(figures, b"mean", b"x", None, None, c.byref(indicator)), "find x")
    count = door.panelpuls_figures_count(figures)
    expect(OK, door.panelpuls_figures_at(figures, count - 1, c.byref(indicator)), "last figure")
    expect(NOT_FOUND, door.panelpuls_figures_at(figures, count, c.byref(indicator)), "figure behind the last")
    door.panelpuls_figures_free(figures)


def main():
    with tempfile.TemporaryDirectory() as folder:
        directory = (folder + "/data").encode()
        wave = HANDLE()
        refuses_what_is_wrong(directory, wave)
        options = sized(Options)
        expect(OK, door.panelpuls_options_init(c.byref(options)), "options")
        options.partitions = 2
        expect(OK, door.panelpuls_open(WAVE.encode(), directory, c.byref(options), c.byref(wave)), "open")
        batch = submits(wave)
        reads(wave)
        expect(OK, door.panelpuls_state(wave), "state")
        expect(OK, door.panelpuls_stop(wave), "stop")
        expect(STOPPED, door.panelpuls_submit(wave, batch, DONE(), None), "submit after the stop")
        door.panelpuls_batch_free(batch)
        door.panelpuls_wave_free(wave)
    print("opened, submitted, read and stopped, version", door.panelpuls_version().decode())


main()
