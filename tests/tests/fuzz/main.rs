//! Fuzz targets: what reads bytes from outside is fed with bytes that nobody
//! wrote. Each runs for `FUZZ_SECONDS` (10 unless it is set; `make test` gives
//! each a minute, `make fuzz` as long as one likes).
//!
//! libFuzzer wants nightly's sanitizer flags for all dependencies or a second
//! build of the whole server, so this is a mutation fuzzer of our own on the
//! stable compiler. It is guided by what a target answers: an input that gets an
//! answer nobody got before joins the corpus. What fails is written to
//! `tests/artifacts/fuzz`, and becomes a test beside the code it breaks.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

mod change;
mod engine;
mod frame;
mod mail;
mod token;
