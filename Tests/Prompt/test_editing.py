"""Lines, history, blocks, interrupts."""

import os
import stat
import tempfile
import time

import pexpect

from terminal import LUNAS, Session


def test_lines_are_edited():
    with Session() as session:
        # Left over "1 + 3", then 2 in the place of 3.
        assert session.run("1 + 3\x1b[D\x1b[3~2") == "3\n"


def test_unfinished_statements_go_on():
    with Session() as session:
        session.run("for i = 1, 2 do", ">> ")
        session.run("print('line', i)", ">> ")
        assert session.run("end") == "line\t1\nline\t2\n"
        session.run("{ 1,", ">> ")
        assert session.run("2 }") == "{ 1, 2 }\n"


def test_control_c_clears_the_line():
    with Session() as session:
        session.keys("not finished")
        session.interrupt()
        session.wait()
        assert session.run("1 + 1") == "2\n"
        session.run("print(", ">> ")
        session.interrupt()
        session.wait()
        assert session.run("2 + 2") == "4\n"


def test_control_d_leaves():
    with Session() as session:
        session.run("x = 1")
        assert session.leave() == 0


def test_control_d_within_a_line_only_deletes():
    with Session() as session:
        session.keys("12\x1b[D\x04")
        assert session.run("") == "1\n"


def test_a_pasted_block_is_one_chunk():
    with Session() as session:
        session.paste("local a = 20\nlocal b = 2\nprint('sum', a + b)")
        assert "sum\t22\n" in session.run("")
        session.paste("local a = 20\nfor i = 1, 2 do\n\ta = a + i\nend\na")
        session.run("")
        assert session.run("_") == "23\n"


def test_a_block_comes_back_whole():
    with Session() as session:
        session.run("for i = 1, 2 do", ">> ")
        session.run("print('again', i)", ">> ")
        session.run("end")
        shown = session.run("\x1b[A")
        assert shown.endswith("again\t1\nagain\t2\n"), shown


def test_history_persists():
    with Session() as first:
        first.run("kept = 'of the first session'")
        first.run("for i = 1, 1 do", ">> ")
        first.run("print('whole')", ">> ")
        first.run("end")
        first.run("twice = 2")
        first.run("twice = 2")
        first.leave()
        mode = stat.S_IMODE(os.stat(first.history).st_mode)
        assert mode == 0o600, oct(mode)
        with open(first.history, encoding="utf-8") as file:
            lines = file.read().split("\n")
        assert lines == [
            "kept = 'of the first session'", "for i = 1, 1 do\\nprint('whole')\\nend",
            "twice = 2", ""], lines
        with Session(folder=first.folder) as second:
            assert second.run("\x1b[A\x1b[A").endswith("whole\n")
            # What begins alike, and what Ctrl-R finds.
            assert second.run("ke\x1b[A\x05;") == ""
            assert second.run("kept") == "of the first session\n"
            second.run("\x12first ses\x05;")
            assert second.run("kept") == "of the first session\n"


def test_a_local_alone_is_warned_of_once():
    with Session() as session:
        assert "note:" in session.run("local x = 1")
        assert "note:" not in session.run("local y = 1")
    with Session() as session:
        assert "note:" not in session.run("local x = 1; print(x)")
        assert "note:" in session.run("local function f() return f end")


def interrupted(session, line, started):
    """Starts a line, presses Ctrl-C once it shows `started`, and gives the seconds until the prompt is
    back: by the clock, and of the processor's time that the session used."""
    session.process.send(line + "\r")
    session.process.expect_exact(started + "\r\n")
    time.sleep(0.1)
    used, start = session.processor_seconds(), time.monotonic()
    session.press("\x03")
    session.process.expect(r"interrupted!(?s:.*?)[\r\n](\x1b\[\?2004h)?> ")
    return time.monotonic() - start, session.processor_seconds() - used


def test_control_c_stops_loops_within_a_fifth_of_a_second():
    # What other programs take on a busy machine is no fault of the prompt's: the processor's time is
    # held to it every time, the clock's in the best of five.
    with Session() as session:
        session.run("kept = 41")
        for line in [
            "print('on' .. 'going') while true do end",
            "co = coroutine.wrap(function() print('on' .. 'going') while true do end end) co()",
            "print('on' .. 'going') while true do pcall(error) end",
        ]:
            times = [interrupted(session, line, "ongoing") for _ in range(5)]
            assert max(used for _, used in times) < 0.2, times
            assert min(passed for passed, _ in times) < 0.2, times
        assert session.run("kept + 1") == "42\n"


def test_control_c_stops_training_and_keeps_what_was_trained():
    with Session() as session:
        session.run("data = nas.data.open 'fashion16'")
        session.run("net = nas.supernet.new(nas.space.nasbench201{"
                    " channels = 8, cells = 1, image = 16 }, data)")
        session.process.send("net:train{ epochs = 1000 }\r")
        session.process.expect_exact("steps/s")
        session.process.sendcontrol("c")
        shown = session.wait()
        assert "interrupted!" in shown, shown
        steps = int(session.run("net.steps"))
        assert steps > 0
        session.run("batch = data:batches('train', { batch = 4 })()")
        session.run("net:step(net.space:sample(1), batch);")
        assert session.run("net.steps") == f"{steps + 1}\n"


def test_a_dumb_terminal_gets_plain_lines():
    with Session(TERM="dumb") as session:
        shown = session.raw("1 + 1\r", 0.5)
        assert shown.replace("\r", "") == "1 + 1\n2\n> ", repr(shown)


def test_scripts_read_lines_themselves():
    with Session() as session:
        session.process.send("io.read()\r")
        time.sleep(0.3)
        session.process.send("typed\r")
        assert "typed\n" in session.wait()


def test_the_terminal_is_as_it_was():
    process = pexpect.spawn("/bin/sh", ["-c", "stty -a > before; $LUNAS -i -e 'x = 1' < /dev/tty;"
                                        "stty -a > after; cmp before after && echo same"],
                            env=dict(os.environ, TERM="xterm", LUNAS=LUNAS), encoding="utf-8",
                            cwd=tempfile.mkdtemp(prefix="lunas-prompt-"), timeout=20)
    process.expect_exact("> ")
    process.send("41 + 1\r")
    # The result, not the echo of what was typed, and the prompt after it.
    process.expect_exact("42")
    process.expect_exact("> ")
    process.sendcontrol("d")
    process.expect_exact("same")
    process.close()
