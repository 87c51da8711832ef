//! What a request needs of a lane.

use std::collections::HashSet;
use std::time::Duration;

use crate::scope::LaneIndex;
use crate::{Abilities, SessionId, Timestamp};

/// What selection is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Its estimated size in tokens, answer included.
    pub tokens: u64,
    /// What the target must be able to do.
    pub needs: Needs,
    /// Targets that cost money are out.
    pub free_only: bool,
    /// Lanes that failed for this very request.
    pub tried: HashSet<LaneIndex>,
    /// A lane to ask a second time, if it is still usable.
    pub again: Option<LaneIndex>,
    /// When its first token must be there. Lanes that typically take longer are passed over: what they could answer in
    /// time is better given to who comes next.
    pub answer_by: Option<Timestamp>,
    /// The size of the request that has waited longest for the same lanes. What has room for this request but not yet
    /// for that one is left to it if the two are about as large, so that nobody is overtaken for an estimate's error.
    pub waits_behind_tokens: Option<u64>,
    /// The conversation it belongs to, and how long its lane is remembered.
    pub session: Option<(SessionId, Duration)>,
}

/// What the target must be able to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Room for this many tokens.
    pub context_tokens: u64,
    /// Tool calls.
    pub tools: bool,
    /// Images in.
    pub vision: bool,
    /// Audio in.
    pub audio: bool,
    /// Answers after a JSON schema.
    pub json_schema: bool,
}

/// What a target lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// Its context window is too small.
    Context,
    /// It can't call tools.
    Tools,
    /// It can't see images.
    Vision,
    /// It can't hear audio.
    Audio,
    /// It can't follow a JSON schema.
    JsonSchema,
    /// It costs money.
    Free,
}

impl Request {
    /// The tokens that must be there: those of a longer waiting request, if it is at most a quarter larger.
    pub(crate) fn wanted_tokens(&self) -> u64 {
        let alike =
            self.waits_behind_tokens.filter(|tokens| *tokens <= self.tokens.saturating_add(self.tokens / 4));
        alike.map_or(self.tokens, |tokens| tokens.max(self.tokens))
    }

    /// What a target with `abilities` lacks for this request. What is not known is taken to be there.
    pub(crate) fn lacks(&self, abilities: &Abilities) -> Option<Lack> {
        let needs = self.needs;
        let lacking = [
            (Lack::Free, self.free_only && abilities.free != Some(true)),
            (Lack::Context, abilities.context_tokens.is_some_and(|window| needs.context_tokens > window)),
            (Lack::Tools, needs.tools && abilities.tools == Some(false)),
            (Lack::Vision, needs.vision && abilities.vision == Some(false)),
            (Lack::Audio, needs.audio && abilities.audio == Some(false)),
            (Lack::JsonSchema, needs.json_schema && abilities.json_schema == Some(false)),
        ];
        lacking.into_iter().find(|(_, is_lacking)| *is_lacking).map(|(lack, _)| lack)
    }
}
