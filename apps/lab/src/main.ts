import { mount } from "svelte";
import App from "./App.svelte";
import { keepOffline } from "./offline/register.ts";
import { fontsOrPatience } from "./theme/fonts.ts";
import "./theme/fonts.css";
import "./theme/tokens.css";
import "./theme/page.css";

keepOffline();
await fontsOrPatience();
mount(App, { target: document.getElementById("lab")! });
// When the browser looked for the anchor of a link, it was not there yet.
if (location.hash !== "") document.getElementById(location.hash.slice(1))?.scrollIntoView({ behavior: "instant" });
