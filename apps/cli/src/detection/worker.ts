/** A worker that trains what compare.ts sends it. */
import { serve } from "../training/serve.ts";
import { runJob } from "./job.ts";

serve(runJob);
