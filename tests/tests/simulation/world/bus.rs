//! Between the servers: a bus that loses, repeats and reorders, and the slow
//! storage they share.

use threadline_core::sync::hub::Input;

use super::{Event, World};
use crate::server::{self, Job};

impl World {
    /// One round of a server, and what comes of it.
    pub(super) fn serve(&mut self, server: usize, inputs: Vec<Input>) {
        if !self.servers[server].up {
            return;
        }
        let (wire, jobs) = self.servers[server].round(self.now, inputs);
        for wire in wire {
            match wire {
                server::Wire::Send(session, frame) => self.carry_to(session, frame),
                server::Wire::Close(session) => self.hang_up(session),
            }
        }
        let life = self.servers[server].life;
        for job in jobs {
            // What is read now and answered later is old by then.
            let job = match job {
                Job::Load(_) | Job::ReadLog(..) | Job::ReadRows(..) if self.rng.chance(50) => {
                    Job::Answered(Box::new(self.finish(server, job)))
                }
                job => job,
            };
            let delay = self.rng.millis(0, 25);
            self.after(delay, Event::Done(server, life, job));
        }
    }

    /// A server's process has finished something.
    pub(super) fn done(&mut self, server: usize, life: u64, job: Job) {
        if self.servers[server].life != life {
            return;
        }
        let input = self.finish(server, job);
        if let Input::Stored {
            result: Ok(appended),
            ..
        } = &input
        {
            self.publish(server, appended.first);
        }
        self.serve(server, vec![input]);
    }

    fn finish(&mut self, server: usize, job: Job) -> Input {
        let Self {
            servers,
            disk,
            rng,
            now,
            healthy,
            ..
        } = self;
        servers[server].finish(*now, disk, rng, job, *healthy)
    }

    /// Tells the other servers that the log has gone on, if the bus pleases.
    fn publish(&mut self, from: usize, seq: u64) {
        for server in (0..self.servers.len()).filter(|server| *server != from) {
            let copies = [0, 0, 1, 1, 2][self.rng.below(5)];
            for _ in 0..copies {
                let delay = self.rng.millis(1, 700);
                self.after(delay, Event::Hint(server, seq));
            }
        }
    }
}
