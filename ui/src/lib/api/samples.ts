/** Builders for tests: sensible defaults, named overrides. */
import type { Key, LastMinute, Model, Provider, Rotation, Second, State, Target } from "./types";

export function aKey(over: Partial<Key> = {}): Key {
  return {
    id: "k_0001",
    label: "personal",
    hint: "7f3a",
    state: "usable",
    serving: false,
    next: false,
    in_flight: 0,
    since_ms: null,
    until_ms: null,
    provenance: null,
    reason: null,
    headroom: null,
    ...over,
  };
}

export function aProvider(over: Partial<Provider> = {}): Provider {
  return { id: "groq", name: "Groq", priority: 1, enabled: true, simulated: false, keys: [aKey()], ...over };
}

export function aTarget(over: Partial<Target> = {}): Target {
  return {
    provider: "groq",
    provider_name: "Groq",
    model: "gpt-oss-120b",
    usable_keys: 6,
    total_keys: 11,
    position: "available",
    back_at_ms: null,
    ...over,
  };
}

export function aModel(over: Partial<Model> = {}): Model {
  return { name: "coding-elite", active: false, served_again_at_ms: null, targets: [aTarget()], ...over };
}

export function aRotation(over: Partial<Rotation> = {}): Rotation {
  return {
    phase: "running",
    sentence: "1 of 1 key usable",
    usable_keys: 1,
    resting_keys: 0,
    total_keys: 1,
    next_back_at_ms: null,
    paused: false,
    paused_until_ms: null,
    ...over,
  };
}

/** A minute in which everything happened in the newest second. */
export function aMinute(newest: Second = { requests: 0, passed_on: 0, failed: 0 }): LastMinute {
  const quiet = Array.from({ length: 59 }, () => ({ requests: 0, passed_on: 0, failed: 0 }));
  return { seconds: [...quiet, newest], ...newest };
}

export function aState(over: Partial<State> = {}): State {
  return {
    sequence: 1,
    now_ms: 1_000_000,
    version: "0.1.0",
    base_url: "http://localhost:8000/v1",
    started_at_ms: 0,
    rotation: aRotation(),
    active_model: "coding-elite",
    problems: [],
    providers: [aProvider()],
    models: [aModel()],
    last_minute: aMinute(),
    ...over,
  };
}
