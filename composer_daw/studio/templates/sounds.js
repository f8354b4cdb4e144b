// Sounds: audio that stands in the page as text becomes buffers, when it is wanted.
(() => {
  "use strict";
  const ENCODER_DELAY = 1105; // what LAME puts before the sound, where a browser leaves it in

  const bytesOf = (text) => {
    const raw = atob(text.trim());
    const bytes = new Uint8Array(raw.length);
    for (let at = 0; at < raw.length; at += 1) bytes[at] = raw.charCodeAt(at);
    return bytes;
  };

  // Return the buffer with as many frames as were encoded, and nothing before them.
  const cut = (buffer, frames) => {
    const spare = buffer.length - frames;
    if (spare === 0) return buffer;
    const exact = new AudioBuffer({ length: frames, numberOfChannels: buffer.numberOfChannels, sampleRate: buffer.sampleRate });
    const lead = spare >= ENCODER_DELAY ? ENCODER_DELAY : 0;
    for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
      exact.copyToChannel(buffer.getChannelData(channel).subarray(lead, lead + frames), channel);
    }
    return exact;
  };

  // A promise of a sound: {id, frames, scale} as the page lists it.
  const decode = async ({ id, frames }, rate) => {
    const text = document.getElementById(id).textContent;
    const room = new OfflineAudioContext(1, 1, rate); // needs no gesture, as an AudioContext would
    return cut(await room.decodeAudioData(bytesOf(text).buffer), frames);
  };

  Object.assign(globalThis.Audition, { bytesOf, decode });
})();
