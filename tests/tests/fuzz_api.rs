//! The HTTP API under a fuzzer that reads its description: no answer is a 5xx,
//! and every one is as described. Run by `make fuzz`, which brings the fuzzer.

use std::process::Command;

use threadline_core::model::Role;
use threadline_tests::server::{Server, WORKSPACE, token};

/// What is asked of every answer. Not that what fits the schema is taken: the
/// core also asks whether it makes sense.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_schema_conformance,ignored_auth,unsupported_method";

#[test]
#[ignore = "needs schemathesis from PyPI: make fuzz"]
fn a_fuzzer_finds_no_answer_that_is_not_described() {
    let fuzzer = std::env::var_os("SCHEMATHESIS").unwrap();
    let seconds = std::env::var("FUZZ_SECONDS").unwrap_or("60".to_owned());
    let server = Server::start_with(&["--requests-per-token", "0"]);
    // The token opens one workspace; in all others everything is 401.
    let one = format!("[parameters]\n\"path.workspace\" = \"{WORKSPACE}\"\n");
    std::fs::write(server.data().join("schemathesis.toml"), one).unwrap();
    for role in [Role::Admin, Role::Service] {
        let bearer = format!("Authorization: Bearer {}", token(WORKSPACE, "fuzz", role));
        let mut run = Command::new(&fuzzer);
        run.args(["run", &server.url("/v1/openapi.json")])
            .args(["--url", &server.url("/v1"), "--header", &bearer])
            .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
            .args(["--max-time", &seconds, "--warnings", "off"])
            .args(["--continue-on-failure", "--generation-database", "none"])
            .current_dir(server.data());
        if let Ok(seed) = std::env::var("FUZZ_SEED") {
            run.args(["--seed", &seed]);
        }
        assert!(run.status().unwrap().success(), "{role:?}");
    }
}
