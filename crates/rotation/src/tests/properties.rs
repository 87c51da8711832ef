use proptest::prelude::{Just, ProptestConfig, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::strategy::Strategy as Generator;

use super::fixture::{START, Scene, limited, requests_left, seconds};
use crate::{Booking, BudgetReading, LimitScope, LimitWindow, Outcome, Verdict};

const KEYS: [&str; 4] = ["g1", "g2", "g3", "o1"];

/// What can happen to a rotation.
#[derive(Clone, Debug)]
enum Event {
    Send { tokens: u64 },
    SendOn { key: usize },
    End { which: usize, outcome: Outcome, left: Option<(u64, LimitWindow)> },
    Pass { ms: u64 },
    Clear { key: usize },
    Jump { ms: i64 },
}

fn any_window() -> impl Generator<Value = LimitWindow> {
    prop_oneof![Just(LimitWindow::Unknown), Just(LimitWindow::Minute), Just(LimitWindow::Day)]
}

fn any_outcome() -> impl Generator<Value = Outcome> {
    let window = any_window();
    let scope = prop_oneof![Just(LimitScope::OwnerModel), Just(LimitScope::Owner), Just(LimitScope::Key)];
    let until = prop_oneof![
        Just(None),
        (0_u64..400_000).prop_map(|ms| Some(START + std::time::Duration::from_millis(ms)))
    ];
    prop_oneof![
        4 => Just(Outcome::Served),
        4 => (until, scope, window).prop_map(|(until, scope, window)| Outcome::RateLimited { until, scope, window }),
        1 => Just(Outcome::KeyRejected),
        1 => Just(Outcome::OutOfCredit { until: None }),
        1 => Just(Outcome::KeyRestricted { lasting: false }),
        1 => Just(Outcome::ModelGone { permanent: false }),
        1 => Just(Outcome::AtCapacity { until: None }),
        2 => Just(Outcome::UpstreamFailed),
        1 => Just(Outcome::TooLargeForTier { limit_tokens: Some(500) }),
        1 => Just(Outcome::RequestRefused),
        1 => Just(Outcome::ClientGone),
    ]
}

fn any_event() -> impl Generator<Value = Event> {
    prop_oneof![
        5 => (0_u64..2_000).prop_map(|tokens| Event::Send { tokens }),
        1 => (0_usize..4).prop_map(|key| Event::SendOn { key }),
        5 => (any::<usize>(), any_outcome(), proptest::option::of((0_u64..5, any_window())))
            .prop_map(|(which, outcome, left)| Event::End { which, outcome, left }),
        3 => (0_u64..120_000).prop_map(|ms| Event::Pass { ms }),
        1 => (0_usize..4).prop_map(|key| Event::Clear { key }),
        1 => (-86_400_000_i64..86_400_000).prop_map(|ms| Event::Jump { ms }),
    ]
}

/// A scene that checks the invariants at every step.
struct Checked {
    scene: Scene,
    open: Vec<Booking>,
}

impl Checked {
    fn step(&mut self, event: Event) -> Result<(), proptest::test_runner::TestCaseError> {
        match event {
            Event::Send { tokens } => self.send(tokens)?,
            Event::SendOn { key } => {
                let booking = self.scene.book(KEYS[key]);
                self.open.push(booking);
            }
            Event::End { which, outcome, left } => {
                if !self.open.is_empty() {
                    let booking = self.open.swap_remove(which % self.open.len());
                    let resets_at = self.scene.now + seconds(45);
                    let reading =
                        |(left, window)| BudgetReading { window, ..requests_left(left, 5, resets_at) };
                    let readings = left.map(reading).into_iter().collect();
                    self.scene.settle_with(booking, outcome, readings);
                }
            }
            Event::Pass { ms } => self.scene.pass(std::time::Duration::from_millis(ms)),
            Event::Clear { key } => self.scene.state.clear_key(&KEYS[key].into(), self.scene.now),
            Event::Jump { ms } => {
                let from = self.scene.now;
                let to = crate::Timestamp::from_unix_ms(from.unix_ms().saturating_add_signed(ms));
                self.scene.state.shift_clock(from, to);
                self.scene.now = to;
                for booking in &mut self.open {
                    booking.sent_at = booking.sent_at.min(to);
                }
            }
        }
        Ok(())
    }

    fn send(&mut self, tokens: u64) -> Result<(), proptest::test_runner::TestCaseError> {
        self.scene.request.tokens = tokens;
        let Scene { fleet, state, roster, request, now } = &self.scene;
        let why = state.explain(fleet, roster, request, *now);
        let rank = |key: &str| match key {
            "g1" | "g2" => 0,
            "g3" => 1,
            _ => 2,
        };
        let best =
            why.iter().filter(|c| c.verdict == Verdict::Usable).map(|c| rank(c.lane.key.as_str())).min();
        let selection = self.scene.select();
        if let Some(chosen) = selection.chosen {
            let candidate =
                why.iter().find(|candidate| candidate.index == chosen).expect("it is of the roster");
            match &candidate.verdict {
                Verdict::Usable => prop_assert_eq!(Some(rank(candidate.lane.key.as_str())), best),
                Verdict::Held(hold) => {
                    prop_assert!(best.is_none(), "an early try although something is usable");
                    prop_assert!(
                        hold.probe_at.is_some_and(|at| at <= self.scene.now),
                        "an early try of {hold:?}"
                    );
                }
                other => prop_assert!(false, "chose {other:?}"),
            }
            let booking = self.scene.state.dispatch(chosen, tokens, self.scene.now);
            self.open.push(booking);
        } else {
            prop_assert!(best.is_none(), "a usable lane was passed over: {why:?}");
            if let Some(soonest) = selection.soonest {
                prop_assert!(soonest > self.scene.now, "a lane that is back is usable");
            }
        }
        Ok(())
    }

    /// Everything ends; after every wait each lane that needs nobody is back.
    fn finish(mut self) -> Result<(), proptest::test_runner::TestCaseError> {
        for booking in std::mem::take(&mut self.open) {
            self.scene.settle(booking, Outcome::ClientGone);
        }
        for key in KEYS {
            prop_assert_eq!(self.scene.state.in_flight(&key.into()), 0);
        }
        self.scene.request.tokens = 1;
        self.scene.pass(seconds(32 * 86_400));
        let Scene { fleet, state, roster, request, now } = &self.scene;
        for candidate in state.explain(fleet, roster, request, *now) {
            let fine = matches!(candidate.verdict, Verdict::Usable | Verdict::Rejected);
            prop_assert!(fine, "a month later {} is {:?}", candidate.label, candidate.verdict);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn selection_keeps_its_promises_under_any_order_of_events(
        events in proptest::collection::vec(any_event(), 0..60)
    ) {
        let mut checked = Checked { scene: Scene::new(), open: Vec::new() };
        for event in events {
            checked.step(event)?;
        }
        checked.finish()?;
    }

    #[test]
    fn equals_are_served_in_turn(rounds in 1_usize..30) {
        let mut scene = Scene::new();
        scene.call("g3", limited(Some(START + seconds(9))));
        let mut served = [0_usize; 2];
        for _ in 0..rounds {
            let key = scene.pick().expect("two are usable");
            scene.book(&key);
            served[usize::from(key == "g2")] += 1;
        }
        prop_assert!(served[0].abs_diff(served[1]) <= 1, "no key is ahead by more than one");
    }
}
