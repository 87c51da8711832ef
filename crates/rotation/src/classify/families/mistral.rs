//! Mistral. Limits count per workspace and model; a code of its own tells missing capacity.

use super::words::*;

const GLOSSARY: &str = "Mistral error glossary and mistralai/client-ts 169, 2026-11-20";
const REPORTS: &str = "raycast/extensions 31107 and anomalyco/opencode 1680, 2026-11-20";

pub(super) const RULES: &[Rule] = &[
    rule(&[429], &["3505"], &[], AtCapacity, GLOSSARY),
    rule(&[429], &["1300", "rate_limited"], &["token"], LIMITED_MINUTE, GLOSSARY),
    rule(&[429], &["1300", "rate_limited"], &[], LIMITED_SECOND, GLOSSARY),
    rule(&[400], &["3230", "invalid_request_message_order"], &[], Rejected(Some("messages")), GLOSSARY),
    rule(&[422], &["extra_forbidden"], &[], Rejected(None), GLOSSARY),
    rule(&[429], &[], &["service tier capacity exceeded"], AtCapacity, GLOSSARY),
    rule(&[429], &[], &["requests rate limit exceeded"], LIMITED_SECOND, REPORTS),
    rule(&[400, 422], &[], &["tool call id…length of 9"], Rejected(Some("tool_call_id")), REPORTS),
    rule(&[400], &[], &["expected last role", "unexpected role"], Rejected(Some("messages")), REPORTS),
    rule(&[402], &[], &[], NO_CREDIT, GLOSSARY),
];
