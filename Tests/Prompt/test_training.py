"""Ctrl-C during a training: it stops after a step, says where, and the same call goes on."""

import os
import re

from terminal import Session

STOPPED = r"training stopped after step (\d+) of (\d+), in epoch (\d+); the same call goes on"
DATA = "data = nas.data.open('fashion16'):subset{ train = 1024, validation = 128 }"
SPACE = "space = nas.space.nasbench201{ channels = 4, cells = 1, image = 16 }"
NET = "nas.supernet.new(space, data, { seed = 3 })"
# Says when the training has come to step `mark`, so that the key is pressed while it runs.
RATE = ("function rate(step, total) if step == mark then print('at step ' .. step) end"
        " return 0.1 - 0.09 * step / total end")
OPTIONS = "epochs = 12, batch = 16, schedule = rate"
# Two trainings of which one was stopped have the same figures and the same saved bits.
RESULT = "('%.17g %.17g %d %d'):format(done.loss, done.accuracy, done.epochs, done.steps)"


def prepared(networks="net", folder=None):
    # One thread, for with several a step of so small a network is slow on a busy machine.
    session = Session(folder=folder, arguments=["--threads", "1"])
    for line in [DATA, SPACE, RATE]:
        session.run(line)
    for name in networks.split():
        session.run(f"{name} = {NET}")
    return session


def stop(session, line, after):
    """Types a training and presses Ctrl-C once it has come to step `after`; gives the step that it
    stopped after, and the number of all steps."""
    session.run(f"mark = {after}")
    session.process.send(line + "\r")
    session.process.expect_exact(f"at step {after}\r\n")
    session.press("\x03")
    shown = session.wait()
    session.run("mark = nil")
    found = re.search(STOPPED, shown)
    assert found and "interrupted!" in shown, shown
    step, total, epoch = map(int, found.groups())
    assert after <= step < total, shown
    # 64 batches an epoch.
    assert total == 12 * 64 and epoch in (step // 64, step // 64 + 1), shown
    assert session.run("net.steps") == f"{step}\n"
    return step, total


def content(session, name):
    with open(os.path.join(session.folder, name), "rb") as file:
        return file.read()


def equals_an_uninterrupted_one(session):
    """Holds `net`, whose training gave `done`, against `whole`, which is trained now."""
    result = session.run(RESULT)
    session.run("done = whole:train{ " + OPTIONS + " }")
    assert session.run(RESULT) == result
    session.run("net:save 'stopped.safetensors'")
    session.run("whole:save 'whole.safetensors'")
    stopped = content(session, "stopped.safetensors")
    return len(stopped) > 1000 and stopped == content(session, "whole.safetensors")


def test_the_same_call_goes_on_to_the_same_bits():
    line = "done = net:train{ " + OPTIONS + " }"
    with prepared("net whole") as session:
        first, total = stop(session, line, 70)
        second, _ = stop(session, line, first + 200)
        assert second > first
        session.run(line)
        assert session.run("net.steps") == f"{total}\n"
        assert equals_an_uninterrupted_one(session)
        # It was another training if another step comes in between.
        session.run("net = " + NET)
        stop(session, line, 70)
        session.run("net:step(space:sample(1), data:batches('train', { batch = 16 })());")
        session.run(line)
        session.run("net:save 'other.safetensors'")
        assert content(session, "other.safetensors") != content(session, "whole.safetensors")


def test_a_training_in_a_coroutine_goes_on_too():
    with prepared("net whole") as session:
        session.run("function train() done = net:train{ " + OPTIONS + " } end")
        stop(session, "coroutine.wrap(train)()", 70)
        stop(session, "print(pcall(train))", 200)
        # What fails in a coroutine that is resumed stays open, and tells nobody.
        session.run("mark = 300")
        session.process.send("print(coroutine.resume(coroutine.create(train)))\r")
        session.process.expect_exact("at step 300\r\n")
        session.press("\x03")
        assert "interrupted!" in session.wait()
        stopped = int(session.run("net.steps"))
        assert 300 <= stopped < 12 * 64
        session.run("mark = nil")
        session.run("train()")
        assert session.run("net.steps") == f"{12 * 64}\n"
        assert equals_an_uninterrupted_one(session)


def test_a_checkpoint_goes_on_in_a_new_process():
    line = "done = net:train{ " + OPTIONS + ", checkpoint = 'run.ckpt' }"
    with prepared() as first:
        step, total = stop(first, line, 70)
        assert first.leave() == 0
        with prepared(folder=first.folder) as second:
            again, _ = stop(second, line, step + 200)
            assert again > step
        # That one was killed at its prompt.
        with prepared("net whole", first.folder) as third:
            third.run(line)
            assert third.run("net.steps") == f"{total}\n"
            assert equals_an_uninterrupted_one(third)
