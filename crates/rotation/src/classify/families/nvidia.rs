//! NVIDIA NIM. A sick deployment is a 400, and a limit comes without any hint.

use super::words::*;

const NOTES: &str = "freellmapi provider notes and public issue texts, 2026-08-22";

pub(super) const RULES: &[Rule] = &[
    rule(&[400], &[], &["degraded function cannot be invoked"], AtCapacity, NOTES),
    rule(&[404], &[], &["function…not found for account"], RESTRICTED, NOTES),
    rule(&[400], &[], &["only supports single tool-calls"], Rejected(Some("parallel_tool_calls")), NOTES),
    rule(&[401, 403], &[], &[], KeyRejected, NOTES),
    rule(&[429], &[], &[], LIMITED_MINUTE, "NVIDIA forum (body unverified), 2026-11-20"),
];
