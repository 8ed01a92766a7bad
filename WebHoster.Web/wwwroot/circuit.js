// Whether the page's server is reached: the framework says so by the class of an element (ReconnectNotice).
const notice = document.getElementById('components-reconnect-modal');

export const isAway = () => /components-reconnect-(show|retrying)/.test(notice.className);

// Gives what ends it.
export function onBack(act) {
  let away = isAway();
  const observer = new MutationObserver(() => {
    const was = away;
    away = isAway();
    if (was && !away) act();
  });
  observer.observe(notice, { attributes: true, attributeFilter: ['class'] });
  return () => observer.disconnect();
}

// An answer that is given while it is away never arrives.
export const untilBack = () => isAway() && new Promise(resolve => {
  const stop = onBack(() => { stop(); resolve(); });
});
