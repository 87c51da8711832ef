//! Which bucket keeps which limit.

use crate::bucket::Bucket;
use crate::plan::{Limit, Sharing};

/// The buckets of one account, found by what they are shared over.
#[derive(Default)]
pub(super) struct Buckets(Vec<(Name, usize)>);

/// Limit, and the key and model it is for, where it is not for all.
type Name = (usize, Option<usize>, Option<usize>);

impl Buckets {
    pub(super) fn find(
        &mut self,
        all: &mut Vec<Bucket>,
        index: usize,
        limit: &Limit,
        key: usize,
        model: usize,
    ) -> usize {
        let name = match limit.sharing {
            Sharing::Key => (index, Some(key), None),
            Sharing::KeyModel => (index, Some(key), Some(model)),
            Sharing::Account => (index, None, None),
            Sharing::AccountModel => (index, None, Some(model)),
        };
        if let Some((_, bucket)) = self.0.iter().find(|(known, _)| *known == name) {
            return *bucket;
        }
        all.push(Bucket::new(limit.counted, limit.amount, limit.window));
        self.0.push((name, all.len() - 1));
        all.len() - 1
    }
}
