/** The core, as it is built for the browser; types and class are generated from Rust. */
export * from "../../pkg/threadline.js";
export { default as init } from "../../pkg/threadline.js";
