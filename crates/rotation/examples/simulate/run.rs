//! One run: a scenario, a seed and a policy, event by event in virtual time.
//!
//! A request waits in arrival order until the policy names a lane, is answered, or its deadline passes. Whenever
//! anything has happened, everybody who waits is asked again, oldest first. A request that is at least as large as
//! one refused in the same moment is not asked: it would be refused too.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::bucket::{Millis, SECOND};
use crate::policy::{Attempt, Decision, Policy, Truth, Wanted};
use crate::reply::{Answer, Reply};
use crate::tally::Tally;
use crate::workload::{Request, agent_step, arrivals};
use crate::world::{Call, LaneId, World};

/// A request must be answered, with its first byte, this long after it came.
pub(crate) const DEADLINE_MS: Millis = 120 * SECOND;

pub(crate) struct Run<'s, 'p> {
    world: World<'s>,
    policy: &'p mut dyn Policy,
    seed: u64,
    requests: Vec<Live>,
    flights: Vec<Flight>,
    events: BinaryHeap<Reverse<(Millis, u64, Event)>>,
    waiting: BTreeSet<(Millis, usize)>,
    sequence: u64,
    next_wake_ms: Millis,
    tally: Tally,
    trace: bool,
}

struct Live {
    request: Request,
    attempts: Vec<Attempt>,
    open: bool,
    in_flight: bool,
}

struct Flight {
    request: usize,
    lane: LaneId,
    answer: Answer,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Ended(usize),
    Arrived(usize),
    Resumed(usize),
    Wake,
    Deadline(usize),
}

/// Sizes refused in this moment, per virtual model.
struct Refused(Vec<(usize, u64, u64)>);

impl<'s, 'p> Run<'s, 'p> {
    pub(crate) fn new(world: World<'s>, policy: &'p mut dyn Policy, seed: u64, trace: bool) -> Self {
        let requests = arrivals(&world.scenario().demand, seed, world.begins_ms);
        let mut run = Self {
            world,
            policy,
            seed,
            requests: Vec::new(),
            flights: Vec::new(),
            events: BinaryHeap::new(),
            waiting: BTreeSet::new(),
            sequence: 0,
            next_wake_ms: Millis::MAX,
            tally: Tally::default(),
            trace,
        };
        for request in requests {
            run.expect_request(request);
        }
        run
    }

    pub(crate) fn finish(mut self) -> Tally {
        while let Some(Reverse((now, _, event))) = self.events.pop() {
            self.handle(event, now);
            // Everything of one moment happens before anybody is asked.
            if self.events.peek().is_none_or(|Reverse((next, ..))| *next > now) {
                self.ask_everybody(now);
            }
        }
        self.tally
    }

    fn expect_request(&mut self, request: Request) {
        let (arrives_ms, id) = (request.arrives_ms, self.requests.len());
        self.requests.push(Live { request, attempts: Vec::new(), open: true, in_flight: false });
        self.schedule(arrives_ms, Event::Arrived(id));
    }

    fn schedule(&mut self, at: Millis, event: Event) {
        self.sequence += 1;
        self.events.push(Reverse((at, self.sequence, event)));
    }

    fn handle(&mut self, event: Event, now: Millis) {
        match event {
            Event::Arrived(id) => {
                self.tally.arrived += 1;
                self.schedule(now + DEADLINE_MS, Event::Deadline(id));
                self.waiting.insert((now, id));
            }
            Event::Resumed(id) if self.requests[id].open => {
                self.waiting.insert((self.requests[id].request.arrives_ms, id));
            }
            Event::Deadline(id) if self.requests[id].open => {
                self.waiting.remove(&(self.requests[id].request.arrives_ms, id));
                self.error(id, "deadline", now);
            }
            Event::Ended(flight) => self.ended(flight, now),
            Event::Wake => self.next_wake_ms = Millis::MAX,
            Event::Resumed(_) | Event::Deadline(_) => {}
        }
    }

    fn ended(&mut self, flight: usize, now: Millis) {
        let Flight { request: id, lane, .. } = self.flights[flight];
        self.requests[id].in_flight = false;
        self.requests[id].attempts.push(Attempt { lane, reply: self.flights[flight].answer.reply.clone() });
        let live = &self.requests[id];
        let pause_ms = self.policy.outcome(lane, &wanted(live, None), &self.flights[flight].answer, now);
        if self.flights[flight].answer.reply == Reply::Served {
            self.next_step(id, now);
        } else if live.open {
            self.schedule(now + pause_ms, Event::Resumed(id));
        } else {
            self.next_step(id, now);
        }
    }

    /// An agent goes on after an answer, and after an error.
    fn next_step(&mut self, id: usize, now: Millis) {
        let Some(at) = self.requests[id].request.agent else { return };
        let next = crate::workload::AgentStep { step: at.step + 1, ..at };
        if let Some(request) = agent_step(&self.world.scenario().demand, self.seed, next, now) {
            self.expect_request(request);
        }
    }

    fn ask_everybody(&mut self, now: Millis) {
        let mut refused = Refused(Vec::new());
        let mut wake_ms = Millis::MAX;
        for (arrived, id) in self.waiting.iter().copied().collect::<Vec<_>>() {
            let live = &self.requests[id];
            if refused.covers(live) {
                continue;
            }
            match self.policy.choose(&wanted(live, refused.longest_waiting(live)), &mut self.world, now) {
                Decision::Send(lane) => {
                    self.waiting.remove(&(arrived, id));
                    self.send(id, lane, now);
                }
                Decision::Wait(until) => {
                    refused.add(live);
                    wake_ms = wake_ms.min(until.unwrap_or(Millis::MAX).max(now + 1));
                }
                Decision::GiveUp => {
                    self.waiting.remove(&(arrived, id));
                    self.error(id, "gave up", now);
                }
            }
        }
        if wake_ms < self.next_wake_ms {
            self.next_wake_ms = wake_ms;
            self.schedule(wake_ms, Event::Wake);
        }
    }

    fn send(&mut self, id: usize, lane: LaneId, now: Millis) {
        let live = &self.requests[id];
        let Request { name, tokens, arrives_ms, .. } = live.request;
        let attempt = live.attempts.len() as u64;
        let answer = self.world.receive(&Call { lane, request: name, tokens, attempt }, now);
        self.tally.count_call(&answer.reply);
        if self.trace {
            self.print(now, &format!("{name:x} {tokens} tokens → lane {lane}: {}", answer.describe(now)));
        }
        if answer.reply == Reply::Served && answer.first_byte_ms <= arrives_ms + DEADLINE_MS {
            self.requests[id].open = false;
            self.tally.serve(tokens, now - arrives_ms);
        }
        self.requests[id].in_flight = true;
        self.schedule(answer.ends_ms, Event::Ended(self.flights.len()));
        self.flights.push(Flight { request: id, lane, answer });
    }

    fn error(&mut self, id: usize, why: &str, now: Millis) {
        self.requests[id].open = false;
        self.tally.errors += 1;
        if self.trace {
            let live = &self.requests[id];
            self.print(
                now,
                &format!("{:x} ERROR: {why} after {} calls", live.request.name, live.attempts.len()),
            );
        }
        if !self.requests[id].in_flight {
            self.next_step(id, now);
        }
    }

    fn print(&self, now: Millis, line: &str) {
        println!("{:>12.3} s  {line}", (now - self.world.begins_ms) as f64 / 1_000.0);
    }
}

fn wanted(live: &Live, longest_waiting: Option<u64>) -> Wanted<'_> {
    Wanted {
        longest_waiting,
        chain: live.request.chain,
        estimated_tokens: live.request.estimated_tokens,
        deadline_ms: live.request.arrives_ms + DEADLINE_MS,
        attempts: &live.attempts,
        truth: Truth { name: live.request.name, tokens: live.request.tokens },
    }
}

impl Refused {
    /// Requests that failed somewhere have fewer lanes than others; they speak only for themselves.
    fn ordinary(live: &Live) -> bool {
        let limited = |reply: &Reply| matches!(reply, Reply::RateLimited { .. } | Reply::AtCapacity { .. });
        live.attempts.iter().all(|attempt| limited(&attempt.reply))
    }

    fn add(&mut self, live: &Live) {
        if Self::ordinary(live) && !self.covers(live) {
            let request = &live.request;
            self.0.push((request.chain, request.tokens, request.estimated_tokens));
        }
    }

    /// The estimate for the first that was refused.
    fn longest_waiting(&self, live: &Live) -> Option<u64> {
        self.0.iter().find(|(chain, ..)| *chain == live.request.chain).map(|(.., estimate)| *estimate)
    }

    fn covers(&self, live: &Live) -> bool {
        let request = &live.request;
        let smaller = |(chain, tokens, estimate): &(usize, u64, u64)| {
            *chain == request.chain && *tokens <= request.tokens && *estimate <= request.estimated_tokens
        };
        Self::ordinary(live) && self.0.iter().any(smaller)
    }
}
