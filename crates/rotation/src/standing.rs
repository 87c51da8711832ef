//! How a whole key stands, for people: one glance over all its lanes.
//!
//! A key can serve if any lane of it can. Otherwise it stands as the lane that comes back first.

use std::time::Duration;

use crate::scope::{ScopeName, Trouble};
use crate::{Hold, Key, KeyId, LimitWindow, Provider, RotationState, Spent, Timestamp, Unit, Verdict};

/// A wait shorter than this is a rest that passes by itself; a longer one lasts until some reset.
const SHORT_REST: Duration = Duration::from_hours(1);

/// What a key can do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyStanding {
    /// At least one model can be served.
    Usable,
    /// Every model rests; this hold ends first.
    Resting(Hold),
    /// Every model's budget is used up; this one is there again first.
    Spent(Spent),
    /// The provider refuses it.
    Rejected {
        /// When it was refused.
        since: Timestamp,
        /// What the provider said.
        reason: String,
    },
    /// There is no credit.
    OutOfCredit {
        /// When it was noticed.
        since: Timestamp,
        /// When it is looked at again.
        recheck: Timestamp,
        /// What the provider said.
        reason: String,
    },
    /// The person switched it off.
    Off,
}

/// The scarcest budget of a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Headroom {
    /// The share left, 0 to 1, requests in flight taken off.
    pub share: f64,
    /// What is counted.
    pub unit: Unit,
    /// Over which window.
    pub window: LimitWindow,
}

impl RotationState {
    /// How `key` stands over the models that chains ask of it and those it was used for.
    #[must_use]
    pub fn standing(&self, provider: &Provider, key: &Key, now: Timestamp) -> KeyStanding {
        if !provider.enabled || !key.enabled {
            return KeyStanding::Off;
        }
        if let Some(standing) = self.troubled(provider, key, now) {
            return standing;
        }
        let verdicts = self.lanes_of_key(&key.id).map(|lane| self.verdict(lane, 0, now));
        let mut soonest: Option<KeyStanding> = None;
        for verdict in verdicts {
            let standing = match verdict {
                Verdict::Held(hold) => KeyStanding::Resting(hold),
                Verdict::Spent(spent) => KeyStanding::Spent(spent),
                Verdict::Usable
                | Verdict::Busy { .. }
                | Verdict::AlreadyTried
                | Verdict::Unsuitable(_)
                | Verdict::TooLarge { .. }
                | Verdict::Disabled
                | Verdict::Rejected
                | Verdict::OutOfCredit(_) => return KeyStanding::Usable,
            };
            if soonest.as_ref().is_none_or(|known| standing.back_at() < known.back_at()) {
                soonest = Some(standing);
            }
        }
        soonest.unwrap_or(KeyStanding::Usable)
    }

    /// The scarcest budget over all lanes of a key; `None` while nothing is known of any.
    #[must_use]
    pub fn headroom(&self, key: &KeyId, now: Timestamp) -> Option<Headroom> {
        let scopes = self.lanes_of_key(key).flat_map(|lane| self.scopes_of(lane));
        let scopes = scopes.filter_map(|scope| self.scopes.get(scope.0));
        let shares = scopes.flat_map(|scope| {
            let budgets = scope
                .budgets
                .iter()
                .map(|budget| Headroom::new(budget.available(now), budget.limit, budget.unit, budget.window));
            let measured = scope.measure.remaining(now);
            let measured =
                measured.map(|(limit, left)| Headroom::new(left, limit, Unit::Requests, LimitWindow::Minute));
            budgets.chain(measured)
        });
        shares.min_by(|left, right| left.share.total_cmp(&right.share))
    }

    fn troubled(&self, provider: &Provider, key: &Key, now: Timestamp) -> Option<KeyStanding> {
        let names = [ScopeName::Key(key.id.clone()), ScopeName::Owner(key.owner(&provider.id))];
        names.iter().filter_map(|name| self.scope(name)?.trouble.as_ref()).find_map(|trouble| match trouble {
            Trouble::Rejected { since, reason } => {
                Some(KeyStanding::Rejected { since: *since, reason: reason.clone() })
            }
            Trouble::OutOfCredit { since, recheck, reason } => (now < *recheck).then(|| {
                KeyStanding::OutOfCredit { since: *since, recheck: *recheck, reason: reason.clone() }
            }),
        })
    }
}

impl Headroom {
    #[expect(clippy::cast_precision_loss, reason = "a share for a bar of a few hundred pixels")]
    fn new(left: u64, limit: u64, unit: Unit, window: LimitWindow) -> Self {
        Self { share: (left as f64 / limit.max(1) as f64).min(1.0), unit, window }
    }
}

impl KeyStanding {
    /// Whether it comes back by itself within an hour.
    #[must_use]
    pub fn is_short_rest(&self, now: Timestamp) -> bool {
        matches!(self, Self::Resting(_) | Self::Spent(_))
            && self.back_at().is_some_and(|back_at| back_at.since(now) < SHORT_REST)
    }

    /// When it can serve again without anybody doing anything.
    #[must_use]
    pub const fn back_at(&self) -> Option<Timestamp> {
        match self {
            Self::Resting(hold) => Some(hold.until),
            Self::Spent(spent) => Some(spent.until),
            Self::OutOfCredit { recheck, .. } => Some(*recheck),
            Self::Usable | Self::Rejected { .. } | Self::Off => None,
        }
    }
}
