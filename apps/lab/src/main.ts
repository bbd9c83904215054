import { mount } from "svelte";
import App from "./App.svelte";
import { keepOffline } from "./offline/register.ts";
import { fontsOrPatience } from "./theme/fonts.ts";
import "./theme/fonts.css";
import "./theme/tokens.css";
import "./theme/page.css";

await fontsOrPatience();
mount(App, { target: document.getElementById("lab")! });
keepOffline();
