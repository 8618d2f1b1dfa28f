// Opens pages with a player each in one headless Chromium, two at a time, and has every player go through what viewers do.
// Usage: node drive.mjs ADDRESS…, with CHROMIUM, SCREENSHOTS (a folder) in the environment. Prints JSON: an answer for each page.
import path from 'node:path'
import { chromium } from 'playwright-core'

const addresses = process.argv.slice(2)
const { CHROMIUM, SCREENSHOTS } = process.env
const args = [
  '--no-sandbox', '--no-proxy-server', '--disable-gpu', '--hide-scrollbars', '--mute-audio', '--no-first-run',
  '--autoplay-policy=no-user-gesture-required', '--disable-background-networking', '--disable-component-update', '--disable-sync',
]

async function watched(browser, address) {
  const page = await browser.newPage({ viewport: { width: 640, height: 400 } })
  const complaints = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  try {
    await page.goto(address)
    const seen = await page.evaluate(() => window.watch())
    await page.screenshot({ path: path.join(SCREENSHOTS, path.basename(address, '.html') + '.png') })
    await page.close()
    return { ...seen, complaints }
  } catch (failure) {
    return { failure: String(failure), complaints }
  }
}

const browser = await chromium.launch({ executablePath: CHROMIUM, args })
try {
  const seen = []
  for (let at = 0; at < addresses.length; at += 2) {
    seen.push(...await Promise.all(addresses.slice(at, at + 2).map((address) => watched(browser, address))))
  }
  console.log(JSON.stringify(seen))
} finally {
  await browser.close()
}
