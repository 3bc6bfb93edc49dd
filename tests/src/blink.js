// argument: whether to begin. Has the window drawn anew again and again, by a dot that nobody can see.
const [begin] = arguments;
document.getElementById('blink')?.remove();
if (begin) {
  const dot = document.createElement('div');
  dot.id = 'blink';
  dot.ariaHidden = 'true';
  Object.assign(dot.style, { position: 'fixed', bottom: '0', right: '0', width: '1px', height: '1px' });
  document.body.append(dot);
  const turn = (on) => {
    if (!dot.isConnected) return;
    dot.style.backgroundColor = on ? 'rgb(0 0 0 / 0.4%)' : 'transparent';
    setTimeout(turn, 20, !on);
  };
  turn(true);
}
