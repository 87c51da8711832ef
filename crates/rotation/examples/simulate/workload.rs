//! Demand: when requests come, and how large they are.

use crate::bucket::{MINUTE, Millis, SECOND};
use crate::random::Random;

/// Part of a scenario's demand.
#[derive(Clone)]
pub(crate) struct Stream {
    /// The virtual model asked for.
    pub(crate) chain: usize,
    pub(crate) from_min: Millis,
    pub(crate) to_min: Millis,
    pub(crate) shape: Shape,
    /// Tokens per request; for agents those of the first step.
    pub(crate) tokens: (u64, u64),
}

#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Independent clients.
    Steady { per_minute: f64 },
    /// That many within `within_ms`, every `every_ms`.
    Bursts { size: u64, every_ms: Millis, within_ms: Millis },
    /// Closed loops: each agent sends its next, larger request after the last was answered and it has thought.
    Agents { count: u64, steps: u64, think_ms: f64, growth: f64, most_tokens: u64 },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    /// The same under every policy.
    pub(crate) name: u64,
    pub(crate) chain: usize,
    /// What providers count.
    pub(crate) tokens: u64,
    /// What the client side guesses before.
    pub(crate) estimated_tokens: u64,
    pub(crate) arrives_ms: Millis,
    /// Set for a step of an agent's loop.
    pub(crate) agent: Option<AgentStep>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct AgentStep {
    pub(crate) stream: usize,
    pub(crate) agent: u64,
    pub(crate) step: u64,
}

/// Estimates are off by up to this much either way.
const ESTIMATE_ERROR: f64 = 0.1;

impl Request {
    fn new(seed: u64, name: u64, stream: &Stream, tokens: u64, arrives_ms: Millis) -> Self {
        let error = Random::of(&[seed, 3, name]).between(1.0 - ESTIMATE_ERROR, 1.0 + ESTIMATE_ERROR);
        let estimated_tokens = scaled(tokens, error);
        Self { name, chain: stream.chain, tokens, estimated_tokens, arrives_ms, agent: None }
    }
}

/// All requests whose time is known beforehand, in order: everything but later steps of agents.
pub(crate) fn arrivals(demand: &[Stream], seed: u64, begins_ms: Millis) -> Vec<Request> {
    let mut requests = Vec::new();
    for (index, stream) in demand.iter().enumerate() {
        match stream.shape {
            Shape::Agents { count, .. } => {
                let first =
                    |agent| agent_step(demand, seed, AgentStep { stream: index, agent, step: 0 }, begins_ms);
                requests.extend((0..count).filter_map(first));
            }
            Shape::Steady { .. } | Shape::Bursts { .. } => {
                for (number, at_ms) in times(stream, seed, index as u64).into_iter().enumerate() {
                    let name = (index as u64) << 32 | number as u64;
                    let tokens = size(stream.tokens, seed, name);
                    requests.push(Request::new(seed, name, stream, tokens, begins_ms + at_ms));
                }
            }
        }
    }
    requests.sort_by_key(|request| (request.arrives_ms, request.name));
    requests
}

/// The given step of an agent, `after_ms` its last answer; `None` after its last step.
pub(crate) fn agent_step(demand: &[Stream], seed: u64, at: AgentStep, after_ms: Millis) -> Option<Request> {
    let stream = &demand[at.stream];
    let Shape::Agents { steps, think_ms, growth, most_tokens, .. } = stream.shape else { return None };
    if at.step >= steps {
        return None;
    }
    let name = (at.stream as u64) << 32 | at.agent << 16 | at.step;
    let mut random = Random::of(&[seed, 4, name]);
    // Agents start spread over two minutes.
    let pause = if at.step == 0 { random.between(0.0, 120_000.0) } else { random.exponential(think_ms) };
    let begins = if at.step == 0 { stream.from_min * MINUTE } else { 0 };
    let first = size(stream.tokens, seed, (at.stream as u64) << 32 | at.agent << 16);
    let grown = scaled(first, growth.powi(i32::try_from(at.step).unwrap_or(i32::MAX)));
    let arrives_ms = after_ms + begins + scaled(1, pause);
    let request = Request::new(seed, name, stream, grown.min(most_tokens), arrives_ms);
    Some(Request { agent: Some(at), ..request })
}

fn times(stream: &Stream, seed: u64, index: u64) -> Vec<Millis> {
    let (from, to) = (stream.from_min * MINUTE, stream.to_min * MINUTE);
    let mut random = Random::of(&[seed, 5, index]);
    let mut times = Vec::new();
    match stream.shape {
        Shape::Steady { per_minute } => {
            let mut at = from + scaled(1, random.exponential(60_000.0 / per_minute));
            while at < to {
                times.push(at);
                at += scaled(1, random.exponential(60_000.0 / per_minute));
            }
        }
        Shape::Bursts { size, every_ms, within_ms } => {
            let mut at = from;
            while at < to {
                let mut burst: Vec<_> = (0..size).map(|_| at + random.below(within_ms.max(1))).collect();
                burst.sort_unstable();
                times.extend(burst);
                at += every_ms.max(SECOND);
            }
        }
        Shape::Agents { .. } => {}
    }
    times
}

/// Log-uniform between the bounds: many small, few large.
fn size((least, most): (u64, u64), seed: u64, name: u64) -> u64 {
    let ratio = Random::of(&[seed, 6, name]).unit();
    scaled(least, (most as f64 / least as f64).powf(ratio))
}

fn scaled(amount: u64, factor: f64) -> u64 {
    (amount as f64 * factor).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(shape: Shape) -> Vec<Stream> {
        vec![Stream { chain: 0, from_min: 10, to_min: 20, shape, tokens: (1_000, 4_000) }]
    }

    #[test]
    fn steady_demand_has_its_rate_and_bounds() {
        let requests = arrivals(&stream(Shape::Steady { per_minute: 600.0 }), 1, 0);
        assert!((5_700..6_300).contains(&requests.len()), "ten minutes at 600: {}", requests.len());
        assert!(requests.iter().all(|r| (10 * MINUTE..20 * MINUTE).contains(&r.arrives_ms)), "in its time");
        assert!(requests.iter().all(|r| (1_000..=4_000).contains(&r.tokens)), "in its sizes");
        assert!(requests.is_sorted_by_key(|r| r.arrives_ms), "in order");
    }

    #[test]
    fn bursts_come_together() {
        let shape = Shape::Bursts { size: 50, every_ms: 5 * MINUTE, within_ms: SECOND };
        let requests = arrivals(&stream(shape), 1, 0);
        let at = |minute: Millis| minute * MINUTE..minute * MINUTE + SECOND;
        assert_eq!(requests.len(), 100, "two bursts");
        assert!(requests.iter().all(|r| at(10).contains(&r.arrives_ms) || at(15).contains(&r.arrives_ms)));
    }

    #[test]
    fn an_agent_grows_and_ends() {
        let shape = Shape::Agents { count: 1, steps: 5, think_ms: 1_000.0, growth: 2.0, most_tokens: 20_000 };
        let demand = stream(shape);
        let sizes =
            (0..5).filter_map(|step| agent_step(&demand, 1, AgentStep { stream: 0, agent: 0, step }, 0));
        let sizes: Vec<_> = sizes.map(|request| request.tokens).collect();
        assert!(sizes.is_sorted() && sizes.len() == 5, "grows: {sizes:?}");
        assert_eq!(sizes.last(), Some(&20_000.min(sizes[0] * 16)), "up to its most");
        assert_eq!(agent_step(&demand, 1, AgentStep { stream: 0, agent: 0, step: 5 }, 0), None, "and ends");
    }
}
