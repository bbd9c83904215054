import { mount } from "svelte";
import App from "./App.svelte";
import { keepOffline } from "./offline/register.ts";
import "./theme/fonts.css";
import "./theme/tokens.css";
import "./theme/page.css";

mount(App, { target: document.getElementById("lab")! });
keepOffline();
