# demo   builds everything and serves a sample workspace
# test   lint, then every test there is
# fuzz   every fuzz target for FUZZ_SECONDS (600), two at a time; other inputs each time, or FUZZ_SEED's;
#        then the HTTP API by its own description, for as long
# bench  sizes, times and rates on this machine
# lint   formats, clippy on host and wasm32, types
# fmt    formats everything
# clean  removes whatever the above has made

LISTEN ?= 127.0.0.1:8787
DATA ?= data/demo
FUZZ_SECONDS ?= 600

TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
WASM_TARGET := wasm32-unknown-unknown

WASM := $(TARGET)/$(WASM_TARGET)/wasm/threadline_wasm.wasm
BINDINGS := wasm/pkg/threadline_bg.wasm
WIDGET := wasm/dist/threadline.js
WIDGET_SOURCES := $(shell find wasm/js wasm/public -type f 2>/dev/null) \
	$(wildcard wasm/tsconfig*.json wasm/*.config.*)
WASM_MODULES := wasm/node_modules/.package-lock.json
TEST_MODULES := tests/node_modules/.package-lock.json
SCHEMATHESIS := $(TARGET)/schemathesis/bin/schemathesis
PRETTIER := wasm/node_modules/.bin/prettier
PRETTY := wasm web-demo tests

# One step after the other: cargo and vite already use every core, and output stays readable.
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: demo test fuzz bench lint fmt clean tools browsers services FORCE

demo: tools $(WIDGET)
	cargo build --locked --release -p threadline-server
	$(TARGET)/release/threadline demo --listen $(LISTEN) --data $(DATA)

# The browser stories come last, so that the output ends with their summary.
test: export THREADLINE_BIN := $(TARGET)/debug/threadline
test: export FUZZ_SECONDS := 60
test: tools browsers services lint $(WIDGET) $(TEST_MODULES)
	cargo build --locked --workspace
	cargo test --locked --workspace
	npm --prefix wasm test
	npm --prefix tests test

fuzz: export FUZZ_SECONDS := $(FUZZ_SECONDS)
fuzz: export FUZZ_SEED := $(or $(FUZZ_SEED),$(shell date +%s))
fuzz: export SCHEMATHESIS := $(SCHEMATHESIS)
fuzz: tools $(SCHEMATHESIS)
	cargo build --locked -p threadline-server
	cargo test --locked -p threadline-tests --test fuzz -- --nocapture --test-threads=2
	cargo test --locked -p threadline-tests --test fuzz_api -- --ignored --nocapture

bench: export THREADLINE_BIN := $(TARGET)/release/threadline
bench: tools browsers $(WIDGET) $(TEST_MODULES)
	cargo build --locked --release -p threadline-server
	ulimit -n $$(ulimit -Hn) && cargo run --locked --release -p threadline-tests --bin bench
	for file in tests/bench/*.mjs; do node "$$file" || exit 1; done

lint: tools $(BINDINGS) $(WASM_MODULES)
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo clippy --locked -p threadline-core -p threadline-wasm --target $(WASM_TARGET) -- -D warnings
	$(PRETTIER) --check $(PRETTY)
	npm --prefix wasm run check

fmt: $(WASM_MODULES)
	cargo fmt --all
	$(PRETTIER) --write --log-level warn $(PRETTY)

clean:
	cargo clean
	rm -rf wasm/pkg wasm/dist wasm/lib wasm/custom-elements.json wasm/node_modules tests/node_modules tests/artifacts

# Cargo knows best what is out of date; what follows is only made anew if it wrote a new file.
$(WASM): tools FORCE
	cargo build --locked -p threadline-wasm --target $(WASM_TARGET) --profile wasm

$(BINDINGS): $(WASM) wasm/bindgen/src/main.rs
	cargo run --locked -p threadline-bindgen

$(WIDGET): $(BINDINGS) $(WASM_MODULES) $(WIDGET_SOURCES)
	npm --prefix wasm run build

# From PyPI, at one version, into a folder of its own.
$(SCHEMATHESIS):
	python3 -m venv $(TARGET)/schemathesis
	$(TARGET)/schemathesis/bin/pip install --quiet schemathesis==4.32.5

%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	npm --prefix $* ci

tools:
	@.ci/tools

browsers:
	@.ci/browsers

services:
	@.ci/services
