// The registration's rules, told while one types. PasswordRules.cs is what counts.
(() => {
  const list = document.querySelector('[data-rules]');
  const value = id => document.getElementById(id).value.trim().toLowerCase();
  const common = new Set(list.dataset.common.toLowerCase().split(' '));
  const isRun = text => [1, -1].some(step => [...text].every((c, i) => !i || c.charCodeAt(0) - text.charCodeAt(i - 1) === step));

  const verdicts = password => {
    const others = [value('email'), value('username'), value('email').split('@')[0]];
    return {
      length: password.length >= Number(list.dataset.min),
      other: !others.includes(password.toLowerCase()),
      guess: new Set(password).size >= 4 && !isRun(password) && !common.has(password.toLowerCase()),
    };
  };

  const show = () => {
    const password = document.getElementById(list.dataset.rules).value;
    const good = verdicts(password);
    for (const rule of list.querySelectorAll('[data-rule]')) rule.dataset.met = String(password !== '' && good[rule.dataset.rule]);
  };

  document.addEventListener('input', event => { if (['email', 'username', 'password'].includes(event.target.id)) show(); });
})();
