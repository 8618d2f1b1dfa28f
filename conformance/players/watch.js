// What a viewer does, in the words of each player: `watch` plays, seeks to the middle, changes the rung, and tells what it saw.
(() => {
  const waits = 'bufferStalledError' // hls.js says so while a busy machine makes a segment: what is missing is measured below
  const words = {
    hls: {
      listen: (player, note) => player.on(Hls.Events.ERROR, (_, error) => (error.fatal || error.details !== waits) && note(error.details)),
      rungs: (player) => player.levels.map((level) => level.height),
      choose: (player, index) => { player.currentLevel = index },
      texts: (player) => player.subtitleTracks.length,
      show: (player) => { player.subtitleTrack = 0 },
    },
    dash: {
      listen: (player, note) => player.on('error', (event) => note(event.error.message)),
      rungs: (player) => player.getRepresentationsByType('video').map((one) => one.height),
      choose: (player, index) => {
        player.updateSettings({ streaming: { abr: { autoSwitchBitrate: { video: false } } } })
        player.setRepresentationForTypeByIndex('video', index, true)
      },
      texts: (player) => player.getTracksFor('text').length,
      show: (player) => player.setTextTrack(0),
    },
    native: {
      listen: () => {}, // `watch` hears of its errors
      rungs: () => [video.videoHeight],
      texts: () => 0,
    },
    shaka: {
      listen: (player, note) => player.addEventListener('error', (event) => note(`${event.detail.code} ${event.detail.data}`)),
      rungs: (player) => player.getVariantTracks().map((track) => track.height),
      choose: (player, index) => {
        player.configure('abr.enabled', false)
        player.selectVariantTrack(player.getVariantTracks()[index], true)
      },
      texts: (player) => player.getTextTracks().length,
      show: (player) => player.selectTextTrack(player.getTextTracks()[0]),
    },
  }[PLAYER]
  const video = document.querySelector('video')
  const errors = []
  words.listen(player, (what) => errors.push(what))
  video.addEventListener('error', () => errors.push(video.error.message))
  const frames = () => video.getVideoPlaybackQuality().totalVideoFrames

  async function until(what, condition) {
    const deadline = performance.now() + 15_000
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`${what}: at ${video.currentTime} s of ${video.duration}, ${frames()} frames, ${errors}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async function play(to) {
    const before = frames()
    await until(`it plays to ${to}`, () => video.currentTime >= to)
    return frames() - before
  }

  function gaps() {
    const ranges = [...Array(video.buffered.length).keys()].map((n) => [video.buffered.start(n), video.buffered.end(n)])
    return ranges.slice(1).map(([start], n) => start - ranges[n][1])
  }

  async function changed() {
    const rungs = words.rungs(player), from = video.videoHeight
    const other = rungs.findIndex((height) => height !== from)
    video.playbackRate = 0.5 // so that it does not end meanwhile
    if (other >= 0) words.choose(player, other)
    await until(`it shows rung ${rungs[other]}`, () => other < 0 || video.videoHeight === rungs[other])
    return { rungs: [...new Set(rungs)].sort((a, b) => b - a), from, to: video.videoHeight }
  }

  async function captions() {
    if (!words.texts(player)) return []
    words.show(player)
    const shown = () => [...video.textTracks].flatMap((track) => [...(track.cues ?? [])])
    await until('captions are there', () => shown().length > 0)
    return shown().map((cue) => [cue.startTime, cue.endTime, cue.text])
  }

  window.watch = async () => {
    await until('it can play', () => video.readyState >= 3)
    video.playbackRate = 2
    await video.play()
    const played = await play(Math.min(3, video.duration / 2))
    const start = video.buffered.start(0), before = gaps()
    const middle = video.duration / 2
    video.currentTime = middle
    const sought = await play(middle + 0.5)
    const change = await changed()
    await until('it is buffered', () => video.buffered.length && video.buffered.end(video.buffered.length - 1) > video.duration - 0.1)
    return { played, sought, ...change, gaps: [...before, ...gaps()], start, duration: video.duration, cues: await captions(), errors }
  }
})()
