// Asks the browser for a passkey, a new one or one it has, and sends the form with what it says.
(() => {
  const lacking = !window.PublicKeyCredential?.parseCreationOptionsFromJSON;

  const optionsOf = async (path, form) => {
    const token = form.querySelector('[name=__RequestVerificationToken]');
    const answer = await fetch(path, { method: 'POST', body: new URLSearchParams({ [token.name]: token.value, for: 'passkey' }) });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };

  const make = async (path, form) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(await optionsOf(path, form)) });
  const use = async (path, form) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(await optionsOf(path, form)) });

  document.addEventListener('submit', async event => {
    const [form, button] = [event.target, event.submitter];
    const { passkeyMake, passkeyUse } = button?.dataset ?? {};
    if (!passkeyMake && !passkeyUse) return;
    event.preventDefault();
    const problem = form.querySelector('[data-passkey-problem]');
    problem.textContent = '';
    button.disabled = true;
    try {
      if (lacking) throw new Error('no passkeys here');
      const credential = passkeyMake ? await make(passkeyMake, form) : await use(passkeyUse, form);
      form.querySelector('[data-credential]').value = JSON.stringify(credential);
      form.submit();
    } catch {
      problem.textContent = problem.dataset.words;
      button.disabled = false;
    }
  });
})();
