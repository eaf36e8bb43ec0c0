// What the page says, in the browser's language: Portuguese, else English.

const WORDS = {
  en: {
    title: "The telephone",
    whose: "Whose telephone",
    stranger: "Stranger",
    soundOn: "Sound on",
    soundOff: "Sound off",
    soundWaits: "Tap for sound",
    call: "Call",
    callMe: "Call me",
    say: "Say…",
    keypad: "Keypad",
    sayWhat: "What should your home say to you?",
    sayExample: "Good morning. The coffee is ready.",
    send: "Say it",
    number: "Phone number",
    erase: "Erase the last digit",
    withhold: "Withhold my number",
    whenCalled: "When your home calls",
    does: { ignore: "it rings, and I decide", answer: "I answer by myself", decline: "I decline by myself" },
    recent: "Recent calls",
    noCalls: "No calls yet. Call your home.",
    callsYou: "is calling you",
    rings: "it rings…",
    ringsWithheld: "it rings, and does not say that it is you…",
    decline: "Decline",
    answer: "Answer",
    hangUp: "Hang up",
    picture: "Picture of what is heard",
    quiet: "Nobody is speaking",
    quietSay: "Nobody is speaking. Press Say… for words of your own.",
    plays: (name) => `♪ ${name}`,
    audio: "audio",
    soon: "about to be heard…",
    notHeard: (error) => `could not be heard: ${error}`,
    back: "Back",
    inService: "That number is not in service. Your home's is above.",
    failed: "That did not work",
    lost: "The simulator does not answer. Start scripts/demo again, and this page goes on.",
    behind: "Behind the scenes",
    behindHelp: "→ is a request of Home Assistant, ← what Pilot Status reports to it.",
    noAnswer: "no answer",
    is: { rings: "rings", inCall: "in a call", calls: "calls" },
    ended: (time) => `Call ended after ${time}`,
    youDeclined: "You declined",
    homeDeclined: "Your home declined",
    youMissed: "You did not answer",
    homeMissed: "Nobody answered",
    ringsNow: (name) => `${name} is calling you`,
    ringsAt: (name) => `${name}'s telephone rings`,
    ringsElsewhere: (name) => `${name}'s telephone rings. Pick it up.`,
    listen: "What was heard",
    you: "You called",
    home: "Your home called",
  },
  pt: {
    title: "O celular",
    whose: "De quem é o celular",
    stranger: "Desconhecido",
    soundOn: "Com som",
    soundOff: "Sem som",
    soundWaits: "Toque para ouvir",
    call: "Chamar",
    callMe: "Me chame",
    say: "Diga…",
    keypad: "Teclado",
    sayWhat: "O que a casa deve dizer para você?",
    sayExample: "Bom dia. O café está pronto.",
    send: "Dizer",
    number: "Número de telefone",
    erase: "Apagar o último dígito",
    withhold: "Ocultar meu número",
    whenCalled: "Quando a casa chama",
    does: { ignore: "só toca, e eu decido", answer: "o celular atende sozinho", decline: "o celular recusa sozinho" },
    recent: "Chamadas recentes",
    noCalls: "Nenhuma chamada ainda. Chame a casa.",
    callsYou: "está chamando você",
    rings: "chamando…",
    ringsWithheld: "chamando com número oculto…",
    decline: "Recusar",
    answer: "Atender",
    hangUp: "Encerrar",
    picture: "Imagem do que se ouve",
    quiet: "Ninguém está falando",
    quietSay: "Ninguém está falando. Toque em Diga… para ouvir o que quiser.",
    plays: (name) => `♪ ${name}`,
    audio: "áudio",
    soon: "já vai tocar…",
    notHeard: (error) => `não deu para ouvir: ${error}`,
    back: "Voltar",
    inService: "Esse número não existe. O da casa está acima.",
    failed: "Não funcionou",
    lost: "O simulador não responde. Inicie scripts/demo de novo, e esta página volta a funcionar.",
    behind: "Nos bastidores",
    behindHelp: "→ é um pedido do Home Assistant; ← é um aviso do Pilot Status.",
    noAnswer: "sem resposta",
    is: { rings: "tocando", inCall: "em chamada", calls: "chamando" },
    ended: (time) => `Chamada encerrada após ${time}`,
    youDeclined: "Você recusou",
    homeDeclined: "A casa recusou",
    youMissed: "Você não atendeu",
    homeMissed: "Ninguém atendeu",
    ringsNow: (name) => `${name} está chamando você`,
    ringsAt: (name) => `Celular tocando: ${name}`,
    ringsElsewhere: (name) => `Celular tocando: ${name}. Toque aqui para pegar.`,
    listen: "Áudio da chamada",
    you: "Você chamou",
    home: "A casa chamou",
  },
};

export const language = navigator.language.toLowerCase().startsWith("pt") ? "pt" : "en";
export const words = WORDS[language];

/** Fill in what stands in the page itself. */
export function translate() {
  document.documentElement.lang = language === "pt" ? "pt-BR" : "en";
  document.title = words.title;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = words[element.dataset.text];
  for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = words[element.dataset.label];
  for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = words[element.dataset.placeholder];
  for (const element of document.querySelectorAll(".say input")) element.placeholder = words.sayExample;
}

/** Seconds as minutes and seconds: 1:05. */
export const duration = (seconds) =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** An instant as the time of day. */
export const timeOfDay = (instant, style = "short") =>
  new Date(instant).toLocaleTimeString(document.documentElement.lang, { timeStyle: style });

/** A Brazilian number as people write it, any other one as it is. */
export const readable = (number) =>
  number.replace(/^\+?55(\d\d)(9?\d{4})(\d{4})$/, "+55 ($1) $2-$3");
