# The build of Vivarium: one file, no recursion, sources found by wildcard.
# `make help` lists the targets, docs/testing.md explains the variants.
#
# SPDX-License-Identifier: Apache-2.0

# A comma and a space, where make would take them for its own.
, := ,
space := $() $()

B := build
CC := cc
SAN :=
CPU := $(shell uname -m)
VERSION := $(strip $(file <VERSION))

# --- flags ------------------------------------------------------------------

OPT := -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
    -Wno-missing-field-initializers

# SAN=address, SAN=undefined, or both with a comma; or SAN=thread.  A finding
# must end the test that met it, so nothing is recovered from.  These are also
# the builds that check what is costly to check.
TSAN := $(filter thread,$(SAN))
SAN_FLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all \
    -fno-omit-frame-pointer -DVIV_DCHECK) $(TSAN:thread=-DVIV_TSAN)

# The thread sanitizer calls its runtime at each access to memory, and takes
# locks there.  Code that runs in our signal handlers may have interrupted it in
# the middle of that, and the way from stack to stack leaves its lists of calls
# behind: these are compiled without it.
TSAN_OFF := src/os/os_clock.c src/os/os_nudge.c src/os/os_signal.c \
    src/fiber/fiber.c src/fiber/fiber_nudge.c src/engine/engine_trap.c \
    $(addprefix tests/unit/test_,fiber.c fiber_nudge.c os_nudge.c os_signal.c \
    engine_unwind.c sandbox_call.c)

# gnu11 and not c11: inline assembly and Linux calls are what this is made of.
ALL_CFLAGS := -std=gnu11 $(OPT) $(WARNINGS) -fvisibility=hidden -fPIC \
    -pthread -Isrc -Iinclude -Itests -DVIV_VERSION='"$(VERSION)"' $(SAN_FLAGS) \
    $(CFLAGS)
ALL_ASFLAGS := -g -Isrc -Iinclude $(ASFLAGS)
ALL_LDFLAGS := -pthread $(SAN_FLAGS) $(LDFLAGS)
LIBS := -ldl -lpthread

# The fuzzers need clang; the products do not.
FUZZ_CC := clang-19
FUZZ_FLAGS := -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=undefined

# --- sources ----------------------------------------------------------------

LIB_FOLDERS := base data os vfs wasm mem fiber engine sandbox wasi pool python \
    crew api worker
LIB_SRC := $(sort $(wildcard $(LIB_FOLDERS:%=src/%/*.c)) \
    $(wildcard src/fiber/fiber_switch_$(CPU).S))
AOT_SRC := $(sort $(wildcard src/aot/*.c src/aot/*.S))
CLI_SRC := $(sort $(wildcard cli/*.c))
TEST_SRC := $(sort $(wildcard tests/unit/test_*.c))
# Of the C files of a suite some are programs, and share the others.
SUITE_SRC := $(sort $(wildcard tests/spec/*.c tests/diff/*.c tests/vfs/*.c \
    tests/cli/*.c tests/escape/*.c tests/python/*.c tests/stress/*.c \
    tests/worker/*.c))
SUITE_MAIN := $(filter %_run.c %_gen.c tests/cli/% tests/escape/% \
    tests/python/% tests/worker/%,$(SUITE_SRC))
FUZZ_SRC := $(sort $(wildcard fuzz/fuzz_*.c))
FUZZ_SHARED := $(filter-out $(FUZZ_SRC) fuzz/replay.c,$(wildcard fuzz/*.c))
BENCH_SRC := $(sort $(wildcard bench/bench_*.c))
SOAK_SRC := $(sort $(wildcard bench/soak_*.c))

# $(call objects,SOURCES): what they compile to.  Fuzzers use objects of their
# own, which carry the coverage.
objects = $(addprefix $(B)/obj/,$(addsuffix .o,$(basename $(1))))
fuzz_objects = $(addprefix $(B)/fuzzobj/,$(addsuffix .o,$(basename $(1))))

LIB_O := $(call objects,$(LIB_SRC))
AOT_O := $(call objects,$(AOT_SRC))
CLI_O := $(call objects,$(CLI_SRC))
SUITE_O := $(call objects,$(filter-out $(SUITE_MAIN),$(SUITE_SRC)))
TEST_O := $(call objects,tests/test_main.c $(TEST_SRC) $(SUITE_SRC))
REPLAY_O := $(call objects,fuzz/replay.c $(FUZZ_SRC) $(FUZZ_SHARED))
BENCH_O := $(call objects,$(BENCH_SRC) $(SOAK_SRC))
FUZZ_O := $(call fuzz_objects,$(LIB_SRC) $(AOT_SRC) $(FUZZ_SRC) $(FUZZ_SHARED))

TESTS := $(TEST_SRC:tests/unit/%.c=$(B)/tests/%) \
    $(addprefix $(B)/tests/,$(basename $(notdir $(SUITE_MAIN)))) \
    $(if $(SOAK_SRC),$(B)/bench/soak)
FUZZERS := $(FUZZ_SRC:fuzz/%.c=$(B)/fuzz/%)
REPLAYS := $(FUZZ_SRC:fuzz/fuzz_%.c=$(B)/fuzz/replay_%)
BENCHES := $(BENCH_SRC:bench/%.c=$(B)/bench/%)

# --- what was built last time -----------------------------------------------

# Sources come and go by wildcard and flags by the command line, so a product
# is also remade when its list of parts or the flags differ from those of the
# last build.  Each list is a file, rewritten only when it changes.
$(shell mkdir -p $(B)/lists)
one_word = $(subst $(space),~,$(strip $(1)))
remember = $(if $(filter-out $(call one_word,$(file <$(B)/lists/$(1))), \
    $(call one_word,$(1): $(2))),$(file >$(B)/lists/$(1),$(1): $(strip $(2))))
$(call remember,lib,$(LIB_O))
$(call remember,suites,$(SUITE_O) $(FUZZ_SHARED))
$(call remember,viv,$(AOT_O) $(CLI_O))
$(call remember,soak,$(SOAK_SRC))
$(call remember,flags,$(CC) $(ALL_CFLAGS) $(ALL_ASFLAGS) $(ALL_LDFLAGS) \
    $(if $(TSAN),$(TSAN_OFF)))

# --- targets ----------------------------------------------------------------

.PHONY: all lib so viv objects tests fuzz replay bench clean help format
.DELETE_ON_ERROR:
.SECONDARY:

# The library and the command are made from the day their sources exist.
all: $(if $(LIB_SRC),lib so) $(if $(CLI_SRC),viv)
lib: $(B)/libvivarium.a
so: $(B)/libvivarium.so
viv: $(B)/viv
objects: $(LIB_O) $(AOT_O) $(CLI_O) $(if $(TEST_SRC),$(TEST_O)) $(SPEC_O) \
    $(CLI_TEST_O) $(BENCH_O)
tests: $(TESTS)
fuzz: $(FUZZERS)
replay: $(REPLAYS)
bench: $(BENCHES)

clean:
	rm -rf $(B)

format:
	clang-format -i $(filter-out build/%,$(wildcard */*.[ch] */*/*.[ch]))

help:
	@echo 'make [TARGET] [B=FOLDER] [SAN=address|undefined|thread] [CC=COMPILER]'
	@echo
	@echo '  all      the libraries and the command viv (the default)'
	@echo '  lib      build/libvivarium.a      so      build/libvivarium.so'
	@echo '  viv      build/viv                tests   build/tests/test_*'
	@echo '  fuzz     build/fuzz/fuzz_*        replay  build/fuzz/replay_*'
	@echo '  bench    build/bench/bench_*      format  run clang-format'
	@echo '  objects  compile only             clean   remove build/'

# --- rules ------------------------------------------------------------------

# Each step says one short line; V=1 shows the command instead.
say = $(if $(V),,@echo '  $(1)  $(2)')
Q := $(if $(V),,@)

$(if $(TSAN),$(call objects,$(TSAN_OFF)): FILE_CFLAGS := -fno-sanitize=thread)

$(B)/obj/%.o: %.c $(B)/lists/flags
	$(call say,CC ,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(FILE_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/obj/%.o: %.S $(B)/lists/flags
	$(call say,AS ,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_ASFLAGS) -MMD -MP -c -o $@ $<

$(B)/fuzzobj/%.o: %.c $(B)/lists/flags
	$(call say,CC ,$< (fuzz))
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(ALL_CFLAGS) $(FUZZ_FLAGS) -MMD -MP -c -o $@ $<

$(B)/fuzzobj/%.o: %.S $(B)/lists/flags
	$(call say,AS ,$< (fuzz))
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(ALL_ASFLAGS) -MMD -MP -c -o $@ $<

# A backtrace of a guest begins in ours, by frame pointers: see
# src/engine/engine_unwind.c.
FRAMED_SRC := $(filter src/engine/%.c src/fiber/%.c,$(LIB_SRC))
$(call objects,$(FRAMED_SRC)) $(call fuzz_objects,$(FRAMED_SRC)): \
    private ALL_CFLAGS += -fno-omit-frame-pointer

# The files that src/aot/*.S takes in by .incbin escape -MMD, which sees only
# what the preprocessor includes; any header may be among them.
$(call objects,$(filter %.S,$(AOT_SRC))) \
$(call fuzz_objects,$(filter %.S,$(AOT_SRC))): $(wildcard src/*/*.h)

# One relocatable object whose hidden symbols are made local: an internal
# `pool_free` can then never meet a `pool_free` of the embedder's.
$(B)/libvivarium.a: $(LIB_O) $(B)/lists/lib
	$(call say,AR ,$@)
	$(Q)ld -r -o $(B)/vivarium.o $(LIB_O)
	$(Q)objcopy --localize-hidden $(B)/vivarium.o
	@rm -f $@
	$(Q)ar rcs $@ $(B)/vivarium.o

# $(call link,COMPILER,FLAGS,LIBRARIES): all the objects that the target depends
# on; $(archive) keeps them together.
define link
	$(call say,LD ,$@)
	@mkdir -p $(@D)
	$(Q)$(1) $(2) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS) $(3)
endef

define archive
	$(call say,AR ,$@)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)ar rcs $@ $(filter %.o,$^)
endef

# Not to be unloaded: it may have installed signal handlers.
$(B)/libvivarium.so: $(LIB_O) $(B)/lists/lib
	$(call link,$(CC),$(ALL_LDFLAGS) -shared -Wl$(,)-soname$(,)$(@F) \
	    -Wl$(,)-z$(,)nodelete)

# The compiler stands on the lower floors, which are hidden in libvivarium.a:
# so the command links the plain objects.
$(B)/viv: $(CLI_O) $(AOT_O) $(LIB_O) $(B)/lists/lib $(B)/lists/viv
	$(call link,$(CC),$(ALL_LDFLAGS))

# Tests, measurements and fuzzers reach inside: they take what they need from
# all the plain objects together.
$(B)/inside.a: $(AOT_O) $(LIB_O) $(B)/lists/lib $(B)/lists/viv
	$(archive)

$(B)/fuzz/inside.a: $(call fuzz_objects,$(AOT_SRC) $(LIB_SRC)) $(B)/lists/lib \
    $(B)/lists/viv
	$(archive)

$(B)/tests/test_%: $(B)/obj/tests/unit/test_%.o $(B)/obj/tests/test_main.o \
    $(B)/inside.a
	$(call link,$(CC),$(ALL_LDFLAGS))

# What a suite's programs share comes before what is inside.
$(B)/tests/shared.a: $(SUITE_O) $(B)/lists/suites
	$(archive)

$(B)/tests/spec_%: $(B)/obj/tests/spec/spec_%.o $(B)/tests/shared.a \
    $(B)/inside.a
	$(call link,$(CC),$(ALL_LDFLAGS))

$(B)/tests/diff_%: $(B)/obj/tests/diff/diff_%.o $(B)/tests/shared.a \
    $(B)/inside.a
	$(call link,$(CC),$(ALL_LDFLAGS))

$(B)/tests/vfs_%: $(B)/obj/tests/vfs/vfs_%.o $(B)/tests/shared.a \
    $(B)/inside.a
	$(call link,$(CC),$(ALL_LDFLAGS))

$(B)/tests/cli_%: $(B)/obj/tests/cli/cli_%.o $(B)/inside.a
	$(call link,$(CC),$(ALL_LDFLAGS))

# Attacks come from where an embedder stands: nothing but the library is linked.
$(B)/tests/escape_%: $(B)/obj/tests/escape/escape_%.o \
    $(B)/obj/tests/test_main.o $(B)/libvivarium.a
	$(call link,$(CC),$(ALL_LDFLAGS))

$(B)/tests/python_%: $(B)/obj/tests/python/python_%.o \
    $(B)/obj/tests/test_main.o $(B)/libvivarium.a
	$(call link,$(CC),$(ALL_LDFLAGS))

$(B)/tests/stress_run: $(call objects,$(wildcard tests/stress/*.c)) \
    $(B)/obj/tests/test_main.o $(B)/libvivarium.a $(B)/lists/suites
	$(call link,$(CC),$(ALL_LDFLAGS))

# As stress: one program of many files, which has nothing but the library.
$(B)/bench/soak: $(call objects,$(SOAK_SRC)) $(B)/libvivarium.a \
    $(B)/lists/soak
	$(call link,$(CC),$(ALL_LDFLAGS))

$(B)/tests/worker_%: $(B)/obj/tests/worker/worker_%.o $(B)/libvivarium.a
	$(call link,$(CC),$(ALL_LDFLAGS))

$(B)/bench/%: $(B)/obj/bench/%.o $(B)/inside.a
	$(call link,$(CC),$(ALL_LDFLAGS),-lm)

# A replayer is a fuzz target with an ordinary main, which reads files.
$(B)/fuzz/replay_%: $(B)/obj/fuzz/fuzz_%.o $(B)/obj/fuzz/replay.o \
    $(call objects,$(FUZZ_SHARED)) $(B)/inside.a $(B)/lists/suites
	$(call link,$(CC),$(ALL_LDFLAGS))

$(B)/fuzz/fuzz_%: $(B)/fuzzobj/fuzz/fuzz_%.o \
    $(call fuzz_objects,$(FUZZ_SHARED)) $(B)/fuzz/inside.a $(B)/lists/suites
	$(call link,$(FUZZ_CC),$(FUZZ_FLAGS))

-include $(patsubst %.o,%.d,$(LIB_O) $(AOT_O) $(CLI_O) $(TEST_O) $(REPLAY_O) \
    $(BENCH_O) $(FUZZ_O))
