import { mount } from "svelte";
import App from "./App.svelte";
import "./tokens.css";
import "./base.css";
import { chooseBackend } from "./lib/backend/choose";

const target = document.getElementById("app");
if (target) mount(App, { target, props: { backend: await chooseBackend() } });
