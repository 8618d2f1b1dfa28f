// Serves the page, opens it in headless Chromium, puts a file into its input and lets it upload; prints what Uppy says.
// Usage: node drive.mjs PLUGIN OPTIONS FILE, with MW_URL, MW_KEY, PAGE_PORT, PAGE_FOLDER, SCREENSHOT in the environment.
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { chromium } from 'playwright-core'

const [plugin, options, file] = process.argv.slice(2)
const { MW_URL, MW_KEY, PAGE_PORT, PAGE_FOLDER, SCREENSHOT, CHROMIUM } = process.env
const kinds = { '.html': 'text/html', '.js': 'text/javascript' }

const pages = http.createServer((request, response) => {
  const asked = path.join(PAGE_FOLDER, path.basename(request.url))
  if (!fs.existsSync(asked)) return response.writeHead(404).end()
  response.writeHead(200, { 'content-type': kinds[path.extname(asked)] }).end(fs.readFileSync(asked))
})
await new Promise((resolve) => pages.listen(Number(PAGE_PORT), '127.0.0.1', resolve))
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--no-proxy-server'] })
try {
  const page = await browser.newPage({ viewport: { width: 900, height: 400 } })
  page.on('console', (message) => console.error(`${message.type()}: ${message.text()}`))
  await page.goto(`http://127.0.0.1:${PAGE_PORT}/page.html`)
  await page.setInputFiles('input', file)
  const wish = { server: MW_URL, key: MW_KEY, ...JSON.parse(options) }
  const done = await page.evaluate(([plugin, wish]) => window.upload(plugin, wish), [plugin, wish])
  await page.screenshot({ path: SCREENSHOT })
  console.log(JSON.stringify(done[0]))
} finally {
  await browser.close()
  pages.close()
}
