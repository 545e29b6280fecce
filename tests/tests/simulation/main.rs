//! Two to five browsers and one or two servers over a network that loses
//! connections, delays, parts and comes back; browsers and servers die and
//! return from what they had stored. The servers share a database and a bus that
//! loses, repeats and reorders; browsers connect to either. At rest everybody
//! has the same, and nothing is lost.
//!
//! `SIM_SEED=n` repeats one run, `SIM_RUNS=n` makes more of them, both together
//! begin at a seed.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "in a test, what cannot be is a failure"
)]

mod client;
mod commands;
mod disk;
mod rng;
mod server;
mod world;

use std::cell::Cell;
use std::collections::BTreeSet;

use automerge::{ActorId, Change, ChangeHash};
use threadline_core::document::{Document, View};
use threadline_core::error::Code;
use threadline_core::id::DocumentId;
use threadline_core::model::{ItemKind, Row, RowFilter, RowQuery};

use crate::world::{Refusing, Scenario, World};

/// Two to five members and one server.
fn one_server(refusing: Refusing) -> Scenario {
    Scenario {
        refusing,
        servers: 1,
        clients: (2, 5),
        conversations: 4,
        work_ms: 12_000,
        pause_ms: 900,
    }
}

/// Five members, who are now with one server and now with the other. Short,
/// so that many runs fit into the tests.
fn two_servers(refusing: Refusing) -> Scenario {
    Scenario {
        refusing,
        servers: 2,
        clients: (5, 5),
        conversations: 1,
        work_ms: 500,
        pause_ms: 150,
    }
}

/// Runs a scenario with the seeds asked for.
fn simulate(scenario: Scenario, runs: u64, check: impl Fn(&mut World)) {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let (seed, asked) = (number("SIM_SEED"), number("SIM_RUNS"));
    let first = seed.unwrap_or(1);
    let seeds = first..first + asked.unwrap_or(if seed.is_some() { 1 } else { runs });
    println!("{scenario:?}: seeds {seeds:?}");
    for seed in seeds {
        println!("SIM_SEED={seed}");
        let mut world = World::new(seed, scenario);
        world.run();
        everybody_has_the_same(&mut world);
        nothing_confirmed_is_lost(&world);
        check(&mut world);
    }
}

/// All views and rows are equal, kept from patches or rebuilt, in browsers
/// and in what the server would load.
fn everybody_has_the_same(world: &mut World) {
    for doc in world.documents() {
        let server = server_view(world, doc);
        let entries = world.disk.log.iter().filter(|entry| entry.doc == doc);
        let stored: BTreeSet<ChangeHash> = entries.map(|entry| ChangeHash(entry.hash)).collect();
        for client in &mut world.clients {
            let name = &client.name;
            let document = client.replica.document(doc).expect("it is open");
            let here: BTreeSet<ChangeHash> = document
                .changes_since(&[])
                .iter()
                .map(Change::hash)
                .collect();
            let missing: Vec<_> = stored.difference(&here).collect();
            let extra: Vec<_> = here.difference(&stored).collect();
            assert!(missing.is_empty(), "{name}'s {doc} lacks {missing:?}");
            assert!(extra.is_empty(), "only {name}'s {doc} has {extra:?}");
            // Views are long; the seed shows them to whoever wants to look.
            assert!(*document.view() == document.rebuilt(), "{name}'s {doc}");
            assert!(
                *document.view() == server,
                "{name}'s {doc} and the server's"
            );
        }
    }
    let query = RowQuery {
        filter: RowFilter::All,
        limit: 1_000,
        ..RowQuery::default()
    };
    let rows = |client: &client::Client| -> Vec<_> {
        let page = client.replica.rows(&query);
        page.rows
            .into_iter()
            .map(|row| (row.row, row.name))
            .collect()
    };
    let first = rows(&world.clients[0]);
    for client in &world.clients[1..] {
        assert!(rows(client) == first, "{}'s rows", client.name);
    }
    for (row, _) in &first {
        let stored = &world.disk.rows[&DocumentId::from(row.id)];
        let same = stored.row == Row::Conversation(row.clone());
        assert!(same, "the stored row of {}", row.id);
    }
}

fn server_view(world: &World, doc: DocumentId) -> View {
    let stored = world.disk.load(doc).unwrap_or_default();
    let nobody = "server".parse().unwrap();
    let actor = ActorId::from([7; 16]);
    let document = Document::load(doc, actor, &nobody, &stored.changes).unwrap();
    document.view().clone()
}

/// What the server said it had, it has, once.
fn nothing_confirmed_is_lost(world: &World) {
    let log: Vec<String> = world
        .disk
        .log
        .iter()
        .map(|entry| hex(&entry.hash))
        .collect();
    let unique: BTreeSet<&String> = log.iter().collect();
    assert_eq!(unique.len(), log.len(), "no change is stored twice");
    for client in &world.clients {
        assert_eq!(client.replica.waiting().len(), 0);
        for hash in &client.confirmed {
            assert!(unique.contains(hash), "{} lost {hash}", client.name);
        }
    }
    let received = world.servers.iter().flat_map(|server| &server.received);
    for (conversation, message) in received {
        let client = &world.clients[0];
        let item = client
            .replica
            .item(*conversation, ItemKind::Interaction, message.0);
        assert!(item.is_some(), "the message {message} is lost");
    }
}

/// Every command that reached a disk is in the log or shown as refused.
fn every_command_is_accounted_for(world: &World) {
    for client in &world.clients {
        let stored = |entry: &&threadline_core::sync::hub::Entry| {
            entry.session.is_some() && entry.member.as_str() == client.name
        };
        let stored = world.disk.log.iter().filter(stored).count();
        let refused = client.replica.refused().len();
        assert_eq!(stored + refused, client.given, "{}'s commands", client.name);
    }
}

fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn everybody_agrees_at_rest_and_nothing_is_lost() {
    simulate(one_server(Refusing::Nothing), 24, |world| {
        for client in &world.clients {
            assert_eq!(client.replica.refused(), []);
        }
        every_command_is_accounted_for(world);
    });
}

#[test]
fn what_is_refused_at_random_is_shown_and_nothing_else_is_lost() {
    simulate(one_server(Refusing::Some), 8, |world| {
        every_command_is_accounted_for(world);
        for client in &world.clients {
            for refused in client.replica.refused() {
                let code = refused.refusal.code;
                let known = [Code::Invalid, Code::DependsOnRefused].contains(&code);
                assert!(known, "{}: {}", client.name, refused.refusal);
            }
        }
        for hash in &world.refused {
            let stored = world.disk.log.iter().any(|entry| entry.hash == *hash);
            assert!(!stored, "a refused change came through");
        }
    });
}

#[test]
fn a_member_who_becomes_a_viewer_sees_what_was_refused() {
    simulate(one_server(Refusing::Viewer), 8, |world| {
        every_command_is_accounted_for(world);
        for client in &world.clients[1..] {
            assert_eq!(client.replica.refused(), []);
        }
    });
}

#[test]
fn two_servers_on_one_database_lose_nothing_and_agree() {
    let conflicts = Cell::new(0);
    simulate(two_servers(Refusing::Nothing), 300, |world| {
        for client in &world.clients {
            assert_eq!(client.replica.refused(), []);
        }
        every_command_is_accounted_for(world);
        conflicts.set(conflicts.get() + world.disk.conflicts);
    });
    println!("{} batches were made anew", conflicts.get());
    let met = conflicts.get() > 0 || std::env::var_os("SIM_SEED").is_some();
    assert!(met, "the servers never got in each other's way");
}

#[test]
fn what_two_servers_refuse_is_shown_and_nothing_else_is_lost() {
    simulate(two_servers(Refusing::Viewer), 200, |world| {
        every_command_is_accounted_for(world);
        for client in &world.clients[1..] {
            assert_eq!(client.replica.refused(), []);
        }
    });
}
