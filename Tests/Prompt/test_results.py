"""What entries give, and the prompt's commands."""

import os
import re

from terminal import ESCAPES, Session


def test_results_are_printed():
    with Session() as session:
        assert session.run("1 + 1") == "2\n"
        assert session.run("= 'text'") == "text\n"
        assert session.run("1, nil, 'a'") == "1\tnil\ta\n"
        assert session.run("x = 5") == ""
        assert session.run("print 'once'") == "once\n"
        assert session.run("") == ""


def test_a_semicolon_hides_and_underscore_is_the_last():
    with Session() as session:
        assert session.run("6 * 7;") == ""
        assert session.run("_") == "42\n"
        assert session.run("nil") == "nil\n"
        assert session.run("_ + 1") == "43\n"


def test_tables_are_printed():
    with Session() as session:
        assert session.run("{ 1, 'a', x = { true }, [3.5] = {} }") == (
            '{ 1, "a", [3.5] = {}, x = { true } }\n')
        session.run("cycle = { name = 'c' } cycle.itself = cycle")
        assert session.run("cycle") == '{ itself = <cycle>, name = "c" }\n'
        assert session.run("{ { { { 1, 2 } } } }") == "{ { { { … 2 items } } } }\n"
        shown = session.run("(function() local t = {} for i = 1, 1000 do t[i] = i end"
                            " return t end)()")
        assert "… 940 more" in shown and shown.count("\n") < 12, shown
        assert all(len(line) <= 120 for line in shown.split("\n")), shown
        shown = session.run("{ ('long'):rep(1000) }")
        assert len(shown) < 80 and "…" in shown, shown
        session.run("named = setmetatable({}, { __tostring = function() return 'by name' end })")
        assert session.run("named") == "by name\n"
        assert session.run("{ named }") == "{ by name }\n"
        session.run("faulty = setmetatable({}, { __tostring = function() error 'no' end })")
        assert "error in __tostring" in session.run("faulty")


def test_objects_are_printed():
    with Session() as session:
        shown = session.run("nas.tensor{ { 1, 2 }, { 3, 4 } }")
        assert re.search(r"1\s+2\n\s*3\s+4\n.*2x2", shown), shown
        session.run("space = nas.space.nasbench201{ channels = 8 }")
        assert session.run("space:sample(7)") == (
            "|nor_conv_3x3~0|+|nor_conv_1x1~0|nor_conv_3x3~1|+"
            "|none~0|skip_connect~1|nor_conv_3x3~2|\n"
            "  0 ─┬─ nor_conv_3x3 ──▶ 1\n"
            "     └─ nor_conv_1x1 ──▶ 2\n"
            "  1 ─┬─ nor_conv_3x3 ──▶ 2\n"
            "     └─ skip_connect ──▶ 3\n"
            "  2 ─── nor_conv_3x3 ──▶ 3\n")
        assert session.run("nas.data.open 'fashion16'").startswith("fashion16: 10 classes")
        assert "nas: benchmark, cli" in session.run("nas")


def test_slow_entries_say_how_long():
    with Session() as session:
        wait = "(function() local c = nas.native.clock local s = c() while c() < s + 0.15 do end end)()"
        assert re.fullmatch(r"0\.\d+ s\n", session.run(wait))
        assert session.run("1") == "1\n"


def test_errors_have_a_position_and_keep_the_session():
    with Session() as session:
        assert session.run("error 'here'").startswith("stdin:1: here\nstack traceback:")
        assert "near 'y'" in session.run("x y")
        # An expression's call keeps its place in the traceback.
        session.run("function fails() error('of the caller', 2) end")
        for line in ["fails()", "1 + 1, fails()", "x = 1 return fails(), 1"]:
            shown = session.run(line)
            assert shown.startswith("stdin:1: of the caller\nstack traceback:"), shown
            assert "stdin:1: in main chunk\n" in shown and "tail call" not in shown, shown
        session.paste("x = 1\nfails()")
        assert "stdin:2: of the caller" in session.run("")
        shown = session.run("nas.supernet.new()")
        assert shown.startswith("stdin:1: bad argument #1 to 'new' (Space expected"), shown
        assert session.run("(function() return 1, nil, 3 end)()") == "1\tnil\t3\n"
        assert session.run("(function() end)()") == ""
        assert session.run("x -- a comment") == "1\n"
        assert session.run("1") == "1\n"


def test_colours():
    with Session(NO_COLOR=None) as session:
        assert "\x1b[36m1\x1b[0m" in session.raw("{ 1 }\r")
        assert "\x1b[31mstdin:1: x\x1b[0m" in session.raw("error 'x'\r")
    with Session() as session:
        assert "[36m" not in session.raw("{ 1 }\r")
        assert "[31m" not in session.raw("error 'x'\r")


def test_help():
    with Session() as session:
        tour = session.run("?")
        assert "nas.supernet.new" in tour and "nas.sampler" in tour
        shown = session.run("?nas.schedule.cosine")
        for text in ["nas.schedule.cosine(options)", "initial: number", "(default 0)", "example:"]:
            assert text in shown, shown
        assert "Supernet:train(options)" in session.run("? Supernet:train")
        assert "-> Recipe" in session.run("?nas.recipe.of")
        shown = session.run("?nas.sampler.fair")
        for text in ["nas.sampler.fair(space, options) -> Sampler", "(default 0)", "sum", "example:"]:
            assert text in shown, shown
        # Every line of an option's text, and of a result's.
        shown = " ".join(session.run("?Supernet:rank").split())
        assert "decoding images is; each takes memory" in shown, shown
        assert "knows that the lower is the better" in shown, shown
        session.run("data = nas.data.open 'fashion16'")
        assert "Dataset:size(split)" in session.run("?data:size")
        assert "Dataset:size(split)" in session.run("help 'data.size'")
        assert "Dataset:batches" in session.run("help(data)")
        assert "nas.data.open(name, options)" in session.run("help(nas.data.open)")
        assert "did you mean 'nas.metrics.spearman'?" in session.run("?spaerman")
        assert "may mean" in session.run("?open")


def test_shell_commands():
    with Session() as session:
        assert session.run("$ echo from $((40 + 2))") == "from 42\n"
        assert session.run("$ exit 3") == "[status 3]\n"


def test_who():
    with Session() as session:
        assert "no names" in session.run("who()")
        session.run("numbers = { 1, 2, 3 }")
        session.run("x = nas.tensor.zeros(2, 3)")
        shown = session.run("who()")
        assert re.search(r"numbers\s+table\s+3 items", shown), shown
        assert re.search(r"x\s+Tensor\s+float32 of 2x3", shown), shown
        assert "help" not in shown and "string" not in shown, shown


def test_bench():
    with Session() as session:
        shown = session.run("bench(math.sin, 1)")
        assert re.match(r"[\d.]+ (ns|µs) a call \(median of \d+ rounds", shown), shown


def test_helpers_are_the_prompts_only():
    with Session(arguments=["-i", "-e", "print(help, who, bench)"]) as session:
        assert session.run("type(help), type(nas.prompt.bench)") == "function\tfunction\n"
    with Session(arguments=["-i", "-e", "who = 'mine'"]) as session:
        assert session.run("who") == "mine\n"


def test_completion():
    with Session() as session:
        session.run("data = nas.data.open 'fashion16'")
        session.run("x = nas.tensor.zeros(2)")
        session.run("inherited = setmetatable({}, { __index = { deep_method = print } })")
        for typed, line in [
            ("nas.sched", "nas.schedule"), ("nas.schedule.cos", "nas.schedule.cosine"),
            ("data:batche", "data:batches"), ("x:log_so", "x:log_softmax"), ("x.sha", "x.shape"),
            ("inherited:dee", "inherited:deep_method"), ("inheri", "inherited"),
            ("nas.schedule.cosine{ initial = 1, warm", "nas.schedule.cosine{ initial = 1, warmup = "),
            ("data:batches('train', { ep", "data:batches('train', { epoch = "),
            ("nas.data.open 'fashion1", "nas.data.open 'fashion16'"),
            ("nas.data.open 'cif", "nas.data.open 'cifar10"),
            ("nas.data.open 'cifar100", "nas.data.open 'cifar100'"),
            ("nas.data.open('pt", "nas.data.open('ptb'"),
            ("nas.data.open 'ima", "nas.data.open 'imagenet16'"),
            ("nas.benchmark.open 'fash", "nas.benchmark.open 'fashion16-nasbench201'"),
            ("nas.recipe 'darts_c", "nas.recipe 'darts_cifar10'"),
            ("nas.scale.open('darts_ptb', 'sm", "nas.scale.open('darts_ptb', 'small'"),
            ("data:augmented{ cro", "data:augmented{ crop = "),
            ("require 'nas.metr", "require 'nas.metrics'"),
            ("data:size 'val", "data:size 'validation'"),
        ]:
            shown = session.complete(typed)
            assert shown == line, (typed, shown)


def test_completion_of_files():
    with Session() as session:
        os.mkdir(os.path.join(session.folder, "results"))
        with open(os.path.join(session.folder, "results", "a-b.c.txt"), "w", encoding="utf-8"):
            pass
        assert session.complete("io.open('res") == "io.open('results/"
        assert session.complete("io.open('results/a-") == "io.open('results/a-b.c.txt'"
        assert session.complete("$ cat results/a") == "$ cat results/a-b.c.txt "


def test_completion_lists_what_there_is():
    with Session() as session:
        found = session.candidates("nas.metrics.")
        assert {"spearman", "kendall", "pearson", "topk"} <= set(found), found
        session.run("data = nas.data.open 'fashion16'")
        found = session.candidates("data:")
        assert {"size", "batches", "subset"} <= set(found) and "classes" not in found, found
        session.run("sampler = nas.sampler.fair(nas.space.nasbench201())")
        found = session.candidates("sampler:")
        assert {"state", "restore"} <= set(found) and "__call" not in found, found


def test_completion_runs_no_code_of_scripts():
    with Session() as session:
        session.run("called = 0")
        session.run("trap = setmetatable({}, { __index = function() called = called + 1 end })")
        session.complete("trap.fie")
        session.complete("trap.field.fu")
        assert session.run("called") == "0\n"


def test_the_terminal_is_asked_for_its_width_at_each_line_not_columns():
    bar = ("bar = nas.progress.new{ total = 9, label = 'training' } for step = 1, 9 do local t = "
           "nas.native.clock() while nas.native.clock() - t < 0.2 do end bar:update(step) end")
    with Session(COLUMNS="200") as session:
        for columns in (30, 70):
            session.process.setwinsize(40, columns)
            assert session.run("nas.native.columns(1)") == f"{columns}\n"
            session.process.send(bar + "\r")
            shown = session.process.read_nonblocking(65536, timeout=5)
            while "88%" not in shown:
                shown += session.process.read_nonblocking(65536, timeout=5)
            drawn = [line for line in shown.split("\r") if "/9 steps" in line and "\x1b[K" in line]
            assert drawn, shown
            for line in drawn:
                assert len(ESCAPES.sub("", line)) < columns, line
            session.wait()
