//! What an outcome changes in one scope.

use crate::scope::ScopeState;
use crate::state::Booking;
use crate::{Budget, BudgetReading, BudgetSource, LimitWindow, Provenance, Timestamp, Unit};

impl ScopeState {
    pub(super) fn served(&mut self, sent_at: Timestamp, now: Timestamp) {
        self.strikes = 0;
        self.failures = 0;
        self.trouble = None;
        self.measure.served(sent_at, now);
        // Something got through: whatever was only guessed is over.
        if self.hold.as_ref().is_some_and(|hold| hold.provenance == Provenance::Guessed) {
            self.hold = None;
        }
    }

    pub(super) fn clear(&mut self) {
        self.hold = None;
        self.trouble = None;
        self.strikes = 0;
        self.failures = 0;
        self.size_limit_tokens = None;
        self.measure.forget();
        self.budgets.retain(|budget| budget.source == BudgetSource::Configured);
    }

    /// A reading is true as of the moment its call was admitted.
    pub(super) fn take_reading(&mut self, reading: BudgetReading, booking: Booking) {
        let same = |budget: &&mut Budget| {
            budget.unit == reading.unit
                && budget.window == reading.window
                && budget.source == BudgetSource::Stated
        };
        match self.budgets.iter_mut().find(same) {
            Some(budget) => budget.restate(reading, booking),
            None => self.budgets.push(Budget::stated(reading, booking, &self.open_calls)),
        }
    }

    /// When the requests that replies state let the next one through; `None` where they state none.
    pub(super) fn stated_requests_ready_at(&self, now: Timestamp) -> Option<Timestamp> {
        let stated = self.budgets.iter().filter(|budget| {
            budget.source == BudgetSource::Stated
                && budget.unit == Unit::Requests
                && budget.window != LimitWindow::Day
        });
        stated.map(|budget| budget.ready_at(1, now)).max()
    }
}
