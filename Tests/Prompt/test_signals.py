"""Signals: a second Ctrl-C, and those that end a session."""

import signal
import time

from terminal import Session

FINALIZER = ("setmetatable({}, { __gc = function() print('on' .. 'going') while true do end end }) "
             "collectgarbage()")
PATTERN = "print('on' .. 'going') ; (('a'):rep(1e5)):find('.-.-.-b')"
CLOSE = ("co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() "
         "print('on' .. 'going') while true do end end }) coroutine.yield() end) "
         "coroutine.resume(co) coroutine.close(co)")
INTERVAL = ("list = {} for i = 1, 200 do list[i] = i * i % 211 end print('on' .. 'going') "
            "nas.metrics.interval('kendall', list, list, { resamples = 1e7 })")
PRODUCT = "m = nas.tensor.ones(5000, 5000) print('on' .. 'going') n = m:matmul(m)"


def start(session, line):
    session.process.send(line + "\r")
    session.process.expect_exact("ongoing\r\n")
    time.sleep(0.1)


def test_control_c_stops_what_went_on_regardless():
    with Session() as session:
        session.run("kept = 41")
        for line in [CLOSE, INTERVAL, PRODUCT]:
            start(session, line)
            session.press("\x03")
            assert "interrupted!" in session.wait(), line
        assert session.run("kept + 1") == "42\n"


def test_a_second_control_c_ends_what_nothing_stops():
    for line in [FINALIZER, PATTERN]:
        for gap in [0.3, 0.8]:
            with Session() as session:
                start(session, line)
                session.press("\x03")
                time.sleep(gap)
                session.press("\x03")
                session.process.expect_exact("did not stop when asked to")
                session.process.wait()
                assert session.process.signalstatus == signal.SIGINT, line


def test_sigterm_and_sighup_end_a_session_wherever_it_is():
    for number in [signal.SIGTERM, signal.SIGHUP]:
        for line in [None, "print('on' .. 'going') while true do pcall(error) end"]:
            with Session() as session:
                if line is not None:
                    start(session, line)
                session.process.kill(number)
                session.process.wait()
                assert session.process.signalstatus == number, line


def test_an_error_in_the_script_keeps_the_prompt_and_the_globals():
    for code in ["kept = 41 error 'broken'", "kept = 41 local t = nil; t.x = 1"]:
        for more in [[], ["--sandbox"]]:
            with Session(arguments=[*more, "-i", "-e", code]) as session:
                assert session.run("kept + 1") == "42\n"
                session.leave()
