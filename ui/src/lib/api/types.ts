import type { components } from "./schema";

/** The description calls a field that may be null optional; the program always sends it. */
type Complete<T> = T extends (infer Item)[]
  ? Complete<Item>[]
  : T extends object
    ? { [Field in keyof T]-?: Complete<T[Field]> }
    : T;

type Schemas = components["schemas"];

/** What the control plane says, in the words of its description. Times are Unix milliseconds. */
export type State = Complete<Schemas["State"]>;
export type Rotation = State["rotation"];
export type Phase = Schemas["Phase"];
export type Provider = Complete<Schemas["Provider"]>;
export type Key = Complete<Schemas["Key"]>;
export type KeyState = Schemas["KeyState"];
export type Headroom = Complete<Schemas["Headroom"]>;
export type Model = Complete<Schemas["Model"]>;
export type Target = Complete<Schemas["Target"]>;
export type LastMinute = Complete<Schemas["LastMinute"]>;
export type Second = Complete<Schemas["Second"]>;
