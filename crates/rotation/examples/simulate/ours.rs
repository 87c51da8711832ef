//! The adapter: this crate's policy as the simulation's, with the engine's rules around it. The only file here that
//! knows the crate's interface.

use std::collections::{HashMap, HashSet};

use keywheel_rotation::{
    Booking, BudgetReading, Chain, CooldownRules, Fleet, Key, Lane, LaneIndex, LimitScope, LimitWindow,
    Outcome, Provider, Request, Roster, RotationState, Selection, Settlement, Strategy, Target, Timestamp,
    Unit,
};

use crate::bucket::{Counted, DAY, HOUR, MINUTE, Millis, SECOND};
use crate::policy::{Decision, Facts, LaneFacts, Policy, Wanted};
use crate::reply::{Answer, Reply, Stated};
use crate::world::{LaneId, World};

/// The engine's pause before a failed lane gets its second chance.
const BACKOFF_MS: Millis = 250;

pub(crate) struct Ours {
    state: RotationState,
    rules: CooldownRules,
    /// Per virtual model.
    rosters: Vec<Roster>,
    indices: Vec<LaneIndex>,
    ids: HashMap<LaneIndex, LaneId>,
    /// Of the last call for each request; no request has two in flight.
    bookings: HashMap<u64, Booking>,
    /// When each lane's provider begins its day, after midnight UTC.
    day_begins_ms: Vec<Millis>,
}

impl Ours {
    pub(crate) fn new(facts: &Facts, begins_ms: Millis) -> Self {
        let now = Timestamp::from_unix_ms(begins_ms);
        let fleet = fleet(facts);
        let mut state = RotationState::default();
        state.adopt(&fleet, now);
        let chains = facts.chains.iter().map(|tiers| chain(tiers, &facts.lanes));
        let rosters: Vec<_> = chains.map(|chain| Roster::seat(&fleet, &chain, &mut state, now)).collect();
        let explain = |roster| state.explain(&fleet, roster, &Request::default(), now);
        let known: HashMap<_, _> =
            rosters.iter().flat_map(explain).map(|candidate| (candidate.lane, candidate.index)).collect();
        let indices: Vec<_> = facts.lanes.iter().map(|lane| known[&name(lane)]).collect();
        let ids = indices.iter().enumerate().map(|(id, index)| (*index, id)).collect();
        let day_begins_ms = facts.lanes.iter().map(|lane| facts.providers[lane.provider].day_begins_ms);
        Self {
            rules: CooldownRules::default(),
            rosters,
            indices,
            ids,
            bookings: HashMap::new(),
            day_begins_ms: day_begins_ms.collect(),
            state,
        }
    }

    fn request(&self, wanted: &Wanted<'_>) -> Request {
        let last = wanted.attempts.last().filter(|attempt| attempt.reply == Reply::Failed);
        Request {
            tokens: wanted.estimated_tokens,
            tried: self.tried(wanted),
            answer_by: Some(Timestamp::from_unix_ms(wanted.deadline_ms)),
            waits_behind_tokens: wanted.longest_waiting,
            again: last.map(|attempt| self.indices[attempt.lane]),
            ..Request::default()
        }
    }

    /// Lanes that failed twice for the request, or in a way that another try does not mend.
    fn tried(&self, wanted: &Wanted<'_>) -> HashSet<LaneIndex> {
        let given_up = wanted.attempts.iter().enumerate().filter(|(index, attempt)| match attempt.reply {
            Reply::Failed => wanted.attempts.iter().take(*index).any(|earlier| earlier.lane == attempt.lane),
            Reply::TooLarge { .. } | Reply::KeyRejected => true,
            Reply::Served | Reply::RateLimited { .. } | Reply::AtCapacity { .. } => false,
        });
        given_up.map(|(_, attempt)| self.indices[attempt.lane]).collect()
    }

    /// As the engine decides whether to wait.
    fn wait(selection: &Selection, wanted: &Wanted<'_>) -> Decision {
        let soonest = selection.soonest.map(Timestamp::unix_ms);
        match soonest.filter(|soonest| *soonest < wanted.deadline_ms) {
            Some(soonest) => Decision::Wait(Some(soonest)),
            None if selection.busy => Decision::Wait(None),
            None => Decision::GiveUp,
        }
    }
}

impl Policy for Ours {
    fn choose(&mut self, wanted: &Wanted<'_>, _: &mut World<'_>, now: Millis) -> Decision {
        let at = Timestamp::from_unix_ms(now);
        let request = self.request(wanted);
        let selection = self.state.select(&self.rosters[wanted.chain], &request, at);
        let Some(chosen) = selection.chosen else { return Self::wait(&selection, wanted) };
        let booking = self.state.dispatch(chosen, wanted.estimated_tokens, at);
        self.bookings.insert(wanted.truth.name, booking);
        Decision::Send(self.ids[&chosen])
    }

    fn outcome(&mut self, lane: LaneId, wanted: &Wanted<'_>, answer: &Answer, now: Millis) -> Millis {
        let booking = self.bookings[&wanted.truth.name];
        let settlement = Settlement {
            readings: answer.stated.iter().map(reading).collect(),
            first_token_ms: (answer.reply == Reply::Served)
                .then(|| answer.first_byte_ms.saturating_sub(booking.sent_at.unix_ms())),
            // The usage that an answer ends with.
            used_tokens: (answer.reply == Reply::Served).then_some(wanted.truth.tokens),
            ..Settlement::of(outcome(&answer.reply, next_day(self.day_begins_ms[lane], now)), "")
        };
        self.state.apply(booking, &settlement, &self.rules, Timestamp::from_unix_ms(now));
        if answer.reply == Reply::Failed { BACKOFF_MS } else { 0 }
    }
}

/// A daily quota lasts until the provider's next day, whatever its reply says (classification does that).
fn next_day(day_begins_ms: Millis, now: Millis) -> Millis {
    now - (now - day_begins_ms) % DAY + DAY
}

fn outcome(reply: &Reply, next_day_ms: Millis) -> Outcome {
    match reply {
        Reply::Served => Outcome::Served,
        Reply::RateLimited { retry_at, window_ms } => {
            let window = window_ms.map_or(LimitWindow::Unknown, window);
            let until = if window == LimitWindow::Day { Some(next_day_ms) } else { *retry_at };
            let until = until.map(Timestamp::from_unix_ms);
            Outcome::RateLimited { until, scope: LimitScope::OwnerModel, window }
        }
        Reply::TooLarge { limit } => Outcome::TooLargeForTier { limit_tokens: Some(*limit) },
        Reply::AtCapacity { retry_at } => {
            Outcome::AtCapacity { until: retry_at.map(Timestamp::from_unix_ms) }
        }
        Reply::Failed => Outcome::UpstreamFailed,
        Reply::KeyRejected => Outcome::KeyRejected,
    }
}

fn reading(stated: &Stated) -> BudgetReading {
    BudgetReading {
        unit: match stated.counted {
            Counted::Requests => Unit::Requests,
            Counted::Tokens => Unit::Tokens,
        },
        window: window(stated.length_ms),
        limit: stated.limit,
        remaining: stated.remaining,
        resets_at: stated.resets_at.map(Timestamp::from_unix_ms),
    }
}

const fn window(length_ms: Millis) -> LimitWindow {
    match length_ms {
        SECOND => LimitWindow::Second,
        MINUTE => LimitWindow::Minute,
        HOUR => LimitWindow::Hour,
        DAY => LimitWindow::Day,
        _ => LimitWindow::Unknown,
    }
}

fn name(lane: &LaneFacts) -> Lane {
    Lane {
        provider: provider_name(lane.provider).into(),
        key: key_name(lane.key).into(),
        model: model_name(lane.model).into(),
    }
}

fn provider_name(provider: usize) -> String {
    format!("provider-{provider}")
}

fn key_name(key: usize) -> String {
    format!("key-{key}")
}

fn model_name(model: usize) -> String {
    format!("model-{model}")
}

fn chain(tiers: &[Vec<LaneId>], lanes: &[LaneFacts]) -> Chain {
    let tier = |ids: &Vec<LaneId>| {
        let mut targets: Vec<_> = ids.iter().map(|id| (lanes[*id].provider, lanes[*id].model)).collect();
        targets.dedup();
        let target = |(provider, model)| Target {
            provider: provider_name(provider).into(),
            model: model_name(model).into(),
        };
        targets.into_iter().map(target).collect()
    };
    let tiers = tiers.iter().map(tier).collect();
    Chain { name: "simulated".to_owned(), strategy: Strategy::Headroom, tiers }
}

fn fleet(facts: &Facts) -> Fleet {
    let providers = facts.providers.iter().enumerate().map(|(index, provider)| {
        let mut keys: Vec<_> = facts.lanes.iter().filter(|lane| lane.provider == index).collect();
        keys.dedup_by_key(|lane| lane.key);
        Provider {
            id: provider_name(index).into(),
            name: String::new(),
            priority: provider.priority,
            enabled: true,
            simulated: false,
            models: Vec::new(),
            keys: keys.into_iter().map(key).collect(),
        }
    });
    Fleet { providers: providers.collect(), ..Fleet::default() }
}

fn key(lane: &LaneFacts) -> Key {
    Key {
        id: key_name(lane.key).into(),
        label: String::new(),
        hint: None,
        priority: lane.key_priority,
        enabled: true,
        max_concurrent: None,
        group: lane.owner.map(|owner| format!("account-{owner}")),
        caps: Vec::new(),
    }
}
