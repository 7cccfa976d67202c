# dcim-utils -- make help lists the targets.
VERSION = 0.1.0
PREFIX  = /usr/local
DESTDIR =
BINDIR  = $(PREFIX)/bin
MANDIR  = $(PREFIX)/share/man
COMPDIR = $(PREFIX)/share
EXDIR   = $(PREFIX)/share/doc/dcim-utils/examples

CC      = cc
SAN     =
comma  := ,
B      := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))

CFLAGS  = -O2 -g
WARN    = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
          -Wvla -Wundef -Wformat=2 -Werror
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DVERSION='"$(VERSION)"' -Ilib -pthread -MMD -MP \
          $(WARN) $(CFLAGS) $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
ALL_LDFLAGS = -pthread -Wl,--as-needed $(LDFLAGS) $(if $(SAN),-fsanitize=$(SAN))
LDLIBS  = -lexif -lexpat -lbrotlidec -lz -lxxhash -lsqlite3 -lcrypto -lm -ldl

# Archives in link order: a layer stands before those it uses.
LAYERS  := report place hashdb format meta media hash archive run file base
LIBS    := $(LAYERS:%=$B/lib%.a)
CSRC    := $(wildcard cmd/*.c)
CPROGS  := $(CSRC:cmd/%.c=$B/bin/%)
SCRIPTS := $(patsubst cmd/%,$B/bin/%,$(filter-out %.c,$(wildcard cmd/*)))
NAMES   := $(notdir $(CPROGS) $(SCRIPTS))
UNITS   := $(patsubst tests/unit/%.c,$B/unit/%,$(wildcard tests/unit/*.c))
TOOLS   := $(patsubst tests/tools/%.c,$B/tools/%,$(wildcard tests/tools/*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$B/fuzz/%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
FUZZMAIN = $B/tests/fuzz/replay.o
F       = $(notdir $(FUZZERS))
T       = 30
CORPUS  = ../shared/corpus

all: $(CPROGS) $(SCRIPTS) # the programs, into build/bin

define layer
$B/lib$(1).a: $$(patsubst lib/%.c,$B/lib/%.o,$$(wildcard lib/$(1)/*.c lib/$(1)/*/*.c))
	@mkdir -p $$(@D)
	rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call layer,$l)))

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -c -o $@ $<

# The schema, as a C string.
$B/lib/hashdb/store/schema.o: $B/gen/hashdb/schema.inc
$B/lib/hashdb/store/schema.o: CPPFLAGS += -I$B/gen
$B/gen/hashdb/schema.inc: lib/hashdb/store/schema.sql
	@mkdir -p $(@D)
	sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $< >$@

$(CPROGS): $B/bin/%: $B/cmd/%.o $(LIBS)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

# The scripts share some functions; each is installed with its own copy of them.
$(SCRIPTS): $B/bin/%: cmd/% $(wildcard lib/script/*) $(wildcard lib/*/*.def lib/media/group/*.def)
	@mkdir -p $(@D)
	lib/script/assemble $< $(VERSION) >$@ && chmod 755 $@

$(UNITS) $(TOOLS) $(FUZZERS): LDLIBS += -ljansson
$B/unit/jxl: LDLIBS += -lbrotlienc
$B/tools/lying: LDLIBS += -lfuse3
$B/unit/nomem: ALL_LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc
# Loaded in front of the C library, whose names it has: without the large-file renaming.
$B/tools/%.so: tests/fault/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -U_FILE_OFFSET_BITS -shared -fPIC -o $@ $< -ldl

$(FUZZERS): $(FUZZMAIN)
$B/tools/lying: $(patsubst %.c,$B/%.o,$(wildcard tests/lying/*.c))
$(UNITS) $(TOOLS) $(FUZZERS): $B/%: $B/tests/%.o $(LIBS)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

units: $(UNITS) $(TOOLS) $(FUZZERS) $(if $(SAN),,$(patsubst tests/fault/%.c,$B/tools/%.so,$(wildcard tests/fault/*.c)))

deps: # what the build needs: installed for root (Debian), named for others
	@tests/deps build

deps-demo: # the same for the build and the demo, which makes its pictures where there is no corpus
	@tests/deps build $(if $(wildcard $(CORPUS)),,demo)

deps-check: # the same for the build and the tests
	@tests/deps build check

check: deps-check # build, then every test: units, bats, lint, replayed fuzz inputs
	@$(MAKE) --no-print-directory all units
	@tests/run $B

check-san: # the same on builds with the sanitizers
	@for s in address,undefined thread; do $(MAKE) --no-print-directory SAN=$$s check || exit 1; done

lint: all # shellcheck on the scripts, mandoc on the pages
	@tests/lint $B

demo: deps-demo # import the pictures of a made-up card, or of the corpus beside the checkout
	@$(MAKE) --no-print-directory all
	@tests/demo $B $(CORPUS)

bench: all $(TOOLS) # the measures of the design beside their yardsticks, to tests/bench/RESULTS.md
	@tests/deps bench && BIN=$(abspath $B)/bin TOOLS=$(abspath $B)/tools tests/bench/run >$B/RESULTS.md
	@mv $B/RESULTS.md tests/bench/RESULTS.md && cat tests/bench/RESULTS.md

fault: all units # faults of every kind, for long, to tests/fault/RESULTS.md; FAULTS="--most=N --kills=N" makes it shorter
	@tests/fault/all $B $(FAULTS)

fuzz: # T seconds (30) of libFuzzer for each harness of F (all): make fuzz F=bmff T=600; finds go to build/fuzzing
	@$(MAKE) --no-print-directory B=build/fuzzing CC=clang SAN=fuzzer-no-link,address,undefined FUZZMAIN= \
	    LDFLAGS=-fsanitize=fuzzer $(F:%=build/fuzzing/fuzz/%)
	@tests/fuzz/run build/fuzzing $T $F

completions: all # rewrite completions/ from the programs' --help and the tables of values
	@completions/generate $B/bin completions

install: all # to PREFIX (/usr/local), below DESTDIR
	install -D -m 755 -t $(DESTDIR)$(BINDIR) $(CPROGS) $(SCRIPTS)
	install -D -m 755 -t $(DESTDIR)$(EXDIR) examples/* && chmod 644 $(DESTDIR)$(EXDIR)/*.json
	for s in 1 5 7; do install -D -m 644 -t $(DESTDIR)$(MANDIR)/man$$s man/*.$$s || exit 1; done
	install -D -m 644 -t $(DESTDIR)$(COMPDIR)/bash-completion/completions completions/bash/*
	install -D -m 644 -t $(DESTDIR)$(COMPDIR)/zsh/site-functions completions/zsh/*
	install -D -m 644 -t $(DESTDIR)$(COMPDIR)/fish/vendor_completions.d completions/fish/*
	install -D -m 644 -t $(DESTDIR)$(COMPDIR)/dcim-utils share/dcim-utils/*

there = $(patsubst $1/%,$(DESTDIR)$2/%,$(wildcard $1/*))
uninstall: # what install put there
	rm -f $(NAMES:%=$(DESTDIR)$(BINDIR)/%) $(call there,examples,$(EXDIR)) $(call there,share/dcim-utils,$(COMPDIR)/dcim-utils) \
	    $(foreach p,$(wildcard man/*.[157]),$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $p))/$(notdir $p)) \
	    $(call there,completions/bash,$(COMPDIR)/bash-completion/completions) \
	    $(call there,completions/zsh,$(COMPDIR)/zsh/site-functions) $(call there,completions/fish,$(COMPDIR)/fish/vendor_completions.d)

dist: # dcim-utils-VERSION.tar.gz of what is committed
	git archive --prefix=dcim-utils-$(VERSION)/ HEAD | gzip -n >dcim-utils-$(VERSION).tar.gz

clean: # what was built
	rm -rf build demo-library

help: # this list
	@sed -n 's/^\([a-z-]*\):[^#]*# /\1	/p' Makefile | awk -F'\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

-include $(shell find $B -name '*.d' 2>/dev/null)
.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: all units deps deps-demo deps-check check check-san lint demo bench fault fuzz completions install uninstall dist clean help
