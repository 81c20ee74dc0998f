import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env["GROMA_URL"] ?? "http://127.0.0.1:7463";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // Inlined data: addresses would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/v1": { target: server, ws: true } },
  },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
